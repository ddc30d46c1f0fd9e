import ExactJSON
import Foundation
import InventorySample
import Testing

@Suite("JSON that keeps its bytes")
struct RawJSONTests {
    @Test(
        "valid texts are accepted, and the value spans exactly its bytes",
        arguments: [
            "{}", "[]", "0", "-0", "-0.0e-0", "1E400", "123456789012345678901234567890.000", "true", "false", "null",
            #""""#, #""\u0000\"\\\/\b\f\n\r\t""#, #""\ud800""#, #""\uDC00\uD800x""#, #"{"a":1,"a":2}"#,
            "[[],{},\"\u{7f}\u{2028}😀\"]", #"{"":{"":[null]}}"#, "[1 ,\t2\r\n]",
        ]
    )
    func valid(text: String) throws {
        let root = try RawJSON.parse(Data(" \n\(text)\t ".utf8))
        #expect(root.bytes == Data(text.utf8))
        #expect(root.range == 2..<(2 + text.utf8.count))
    }

    @Test(
        "invalid texts are refused at the byte that cannot be right",
        arguments: [
            ("", 0), (" ", 1), ("\u{FEFF}{}", 0), ("{", 1), ("[", 1), ("[1,]", 3), (#"{"a":1,}"#, 7), ("[,1]", 1),
            ("[1 2]", 3), ("{1:2}", 1), (#"{"a" 1}"#, 5), (#"{"a":}"#, 5), ("01", 1), ("-", 1), ("-a", 1), ("1.", 2),
            (".5", 0), ("+1", 0), ("1e", 2), ("1e+", 3), ("1.e1", 2), ("0x1", 1), ("NaN", 0), ("Infinity", 0),
            ("tru", 3), ("truE", 3), ("nulll", 4), (#"""#, 1), (#""a"#, 2), (#""\x""#, 2), (#""\"#, 2),
            (#""\u12"#, 5), (#""\u12g4""#, 5), ("\"\u{1}\"", 1), ("\"\n\"", 1), ("'a'", 0), ("{}{}", 2), ("[1]]", 3),
            ("{]", 1), ("[}", 1), ("/**/1", 0), (#"{"a":1 "b":2}"#, 7),
        ]
    )
    func invalid(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try RawJSON.parse(Data(text.utf8)) }
        #expect(error?.code == .invalid)
        #expect(error?.offset == offset)
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0xC0, 0x80], [0xC1, 0xBF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80],
            [0xE2, 0x82], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x28, 0xA1],
        ] as [[UInt8]]
    )
    func notUTF8(sequence: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try RawJSON.parse(Data([0x22] + sequence + [0x22])) }
        #expect(error?.offset == 1)
    }

    @Test("every truncation of a valid text is refused without naming what it held")
    func truncation() throws {
        let text = Sample.inventory.dropLast()
        for length in 0..<text.count {
            let error = #expect(throws: JSONError.self) { try RawJSON.parse(text.prefix(length)) }
            #expect(error?.description.contains("customer-42") == false)
        }
        _ = try RawJSON.parse(text)
    }

    @Test("nesting beyond the limit is refused, however deep, and up to the limit accepted")
    func depth() throws {
        func nested(_ depth: Int) -> Data {
            Data((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try RawJSON.parse(nested(128))
        let error = #expect(throws: JSONError.self) { try RawJSON.parse(nested(129)) }
        #expect(error?.code == .tooDeep)
        #expect(error?.offset == 128)
        #expect(throws: JSONError.self) { try RawJSON.parse(Data(String(repeating: "[", count: 10_000).utf8)) }
        #expect(try RawJSON.parse(nested(10_000), depthLimit: 10_000).leafCount == 1)
    }

    @Test("members keep order and duplicates, strings are unescaped, numbers keep their text")
    func accessors() throws {
        let text = #"{"b": 1.50, "a": "\ud83d\ude00\u00e9\n", "b": -1E+2, "\u0063": "\ud83dx", "d": true}"#
        let root = try RawJSON.parse(Data(text.utf8))
        #expect(root.members.map(\.name) == ["b", "a", "b", "c", "d"])
        #expect(root.members.map { $0.key.bytes }[3] == Data(#""\u0063""#.utf8))
        #expect(root.values(named: "b").map(\.numberText) == ["1.50", "-1E+2"])
        #expect(root["a"]?.stringValue == "😀é\n")
        #expect(root["c"]?.stringValue == "\u{FFFD}x")
        #expect(root["d"]?.boolValue == true)
        #expect(root.elements.isEmpty && root.stringValue == nil && root.numberText == nil && root.boolValue == nil)
        #expect(root.leafCount == 5)
    }

    @Test("names that look alike to Unicode stay two names")
    func canonicalEquivalence() throws {
        let root = try RawJSON.parse(Data("{\"\u{E9}\": 1, \"e\u{301}\": 2}".utf8))
        #expect(root.values(named: "\u{E9}").map(\.numberText) == ["1"])
    }

    @Test("no mutation of one byte crashes, and what is accepted is what Foundation accepts")
    func mutations() {
        let sample = Data(#"{"a":[1,-2.5e3,"\u00e9\n",true,null],"b":{"c":"é"}}"#.utf8)
        for position in sample.indices {
            for byte in UInt8.min...UInt8.max {
                var mutated = sample
                mutated[position] = byte
                let isAccepted = (try? RawJSON.parse(mutated)) != nil
                #expect(isAccepted == Foundation.accepts(mutated), "byte \(byte) at \(position)")
            }
        }
    }

    @Test("generated documents are judged as Foundation judges them", arguments: 0..<400)
    func generated(seed: Int) throws {
        var generator = DocumentGenerator(seed: UInt64(seed))
        let document = generator.document()
        #expect(try RawJSON.parse(document).bytes == document)
        #expect(Foundation.accepts(document))
        for broken in generator.damaged(document) {
            let root = try? RawJSON.parse(broken)
            // Foundation forgives some trailing commas, and refuses numbers that no Double can hold: RFC 8259 does not.
            let text = String(decoding: broken, as: UTF8.self)
            if text.contains(/,\s*[\]}]/) || root?.leaves.contains(where: \.overflows) == true { continue }
            #expect((root != nil) == Foundation.accepts(broken), "\(text)")
        }
    }
}

extension RawJSON {
    fileprivate var overflows: Bool { numberText.flatMap(Double.init)?.isInfinite == true }
}

private enum Foundation {
    static func accepts(_ data: Data) -> Bool {
        (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) != nil
    }
}

/// Documents from a seed, so that a failure can be had again.
private struct DocumentGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    private mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    mutating func document() -> Data { Data(value(depth: 0).utf8) }

    /// The document with one byte dropped, doubled, or swapped for punctuation.
    mutating func damaged(_ document: Data) -> [Data] {
        (0..<8).map { _ in
            var broken = document
            let position = broken.startIndex + next(broken.count)
            switch next(3) {
            case 0: broken.remove(at: position)
            case 1: broken.insert(broken[position], at: position)
            default: broken[position] = Array(#"{}[],:"0e.-"#.utf8)[next(11)]
            }
            return broken
        }
    }

    private mutating func value(depth: Int) -> String {
        switch next(depth > 4 ? 5 : 8) {
        case 0: return ["true", "false", "null"][next(3)]
        case 1, 2: return ["0", "-1", "12.50", "1e5", "-0.25E-3", "98765"][next(6)]
        case 3, 4: return string()
        case 5, 6: return "[\(list { $0.value(depth: depth + 1) })]"
        default: return "{\(list { "\($0.string()):\($0.value(depth: depth + 1))" })}"
        }
    }

    private mutating func list(_ element: (inout Self) -> String) -> String {
        var elements: [String] = []
        for _ in 0..<next(5) { elements.append(element(&self)) }
        return elements.joined(separator: [",", " , ", ",\n"][next(3)])
    }

    private mutating func string() -> String {
        var text = ""
        for _ in 0..<next(6) { text += ["a", "é", "😀", #"\n"#, #"\""#, #"\u00e9"#, #"\\"#, " ", "{", ","][next(10)] }
        return "\"\(text)\""
    }
}
