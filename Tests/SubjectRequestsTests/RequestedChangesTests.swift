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
        arguments: [nil, "", "{}", "[]", "[1]", "null", "1", "\"text\"", "{", "{\"a\":}", "{\"a\":1", "{\"a\":1}x"]
    )
    func refused(json: String?) {
        #expect(throws: InvalidRequest.self) { try RequestedChanges(json: json) }
    }

    @Test("changes print their number, but neither names nor values")
    func redaction() throws {
        let changes = try RequestedChanges(json: #"{"canaryName":"canaryValue"}"#)
        #expect(everyPrint(of: changes).allSatisfy { !$0.contains("canary") })
        #expect("\(changes)" == "(1 change, withheld)")
        #expect("\(try RequestedChanges(json: #"{"a":1,"b":2}"#))" == "(2 changes, withheld)")
    }
}
