import Foundation
import TalonOne
import Testing

@Suite struct JSONValueTests {
    @Test(
        "a number is an exact decimal",
        arguments: [
            ("0.1", "0.1"), ("12345678901234.56", "12345678901234.56"), ("1e2", "100"), ("-0.07", "-0.07"),
            ("0.30000000000000004", "0.30000000000000004"), ("9007199254740993", "9007199254740993"),
            ("9223372036854775807", "9223372036854775807"),
        ]
    )
    func numbers(json: String, text: String) throws {
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(#"{"m":\#(json)}"#.utf8))
        #expect(value == Decimal(string: text).map { ["m": .number($0)] })
        let encoded = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        #expect(encoded == #"{"m":\#(text)}"#)
    }

    @Test("free-form attributes survive a round trip, null included")
    func freeForm() throws {
        let json = #"{"a":null,"b":[true,{"c":"ü"},1.50],"d":{}}"#
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
        #expect(value == ["a": nil, "b": [true, ["c": "ü"], .number(Decimal(string: "1.5") ?? 0)], "d": [:]])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(
            String(decoding: try encoder.encode(value), as: UTF8.self) == #"{"a":null,"b":[true,{"c":"ü"},1.5],"d":{}}"#
        )
    }
}
