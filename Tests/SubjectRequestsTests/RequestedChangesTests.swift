import SubjectRequests
import Testing

@Suite("Requested changes")
struct RequestedChangesTests {
    @Test("a JSON object with members is kept as it was written, with its names sorted")
    func accepted() throws {
        let text = #"{ "b": 1.10, "a": null, "ß": {"x": [true]} }"#
        let changes = try RequestedChanges(json: text)
        #expect(changes.json == text)
        #expect(changes.names == ["a", "b", "ß"])
    }

    @Test(
        "other text is refused",
        arguments: [
            nil, "", "{}", "[]", "[1]", "null", "1", "\"text\"", "{", "{\"a\":}", "{\"a\":1", "{\"a\":1}x",
            #"{"a":1,}"#,
            "\u{FEFF}{\"a\":1}", #"{"a":NaN}"#, #"{'a':1}"#, #"{"a":1 /* b */}"#, #"{"a":"b\u0000"}"#, #"{"\u0000":1}"#,
        ]
    )
    func refused(json: String?) {
        #expect(throws: InvalidRequest.self) { try RequestedChanges(json: json) }
    }

    @Test(
        "what readers of JSON understand differently is refused, with a sentence that says so",
        arguments: [
            (#"{"a":1,"a":2}"#, "twice"), (#"{"a":1,"\u0061":1}"#, "twice"), (#"{"a":{"b":[{"c":1,"c":1}]}}"#, "twice"),
            (#"{"a":1,"b":{"x":1},"a":1}"#, "twice"),
            (
                #"{"a":\#(String(repeating: "[", count: 70))\#(String(repeating: "]", count: 70))}"#,
                "nest deeper"
            ),
        ]
    )
    func ambiguous(json: String, reason: String) {
        let error = #expect(throws: InvalidRequest.self) { try RequestedChanges(json: json) }
        #expect(error?.reason.contains(reason) == true)
    }

    @Test("half a surrogate pair is refused", arguments: [#"{"a":"\ud800"}"#, #"{"a":["\udc00x"]}"#, #"{"\ud800":1}"#])
    func surrogates(json: String) {
        #expect(throws: InvalidRequest.self) { try RequestedChanges(json: json) }
    }

    @Test("the same name in two objects, and names that Unicode calls equivalent, are different names")
    func differentNames() throws {
        #expect(try RequestedChanges(json: #"{"a":{"a":1},"b":{"a":1}}"#).names == ["a", "b"])
        let names = try RequestedChanges(json: "{\"e\u{301}\":1,\"\u{e9}\":2}").names
        #expect(Set(names.map { Array($0.utf8) }).count == 2)
        #expect(try RequestedChanges(json: #"{"a":"\\u0000"}"#).names == ["a"])
        #expect(try RequestedChanges(json: #"{"a":1e400}"#).json.contains("1e400"))
        let number = "123456789012345678901234567890123456789012345"
        #expect(try RequestedChanges(json: "{\"Card\":\(number)}").json.contains(number))
    }

    @Test("changes print their number, but neither names nor values")
    func redaction() throws {
        let changes = try RequestedChanges(json: #"{"canaryName":"canaryValue"}"#)
        #expect(everyPrint(of: changes).allSatisfy { !$0.contains("canary") })
        #expect("\(changes)" == "(1 change, withheld)")
        #expect("\(try RequestedChanges(json: #"{"a":1,"b":2}"#))" == "(2 changes, withheld)")
    }
}
