import ExactJSON
import Foundation
import InventorySample
import SubjectRequests
import Testing

@testable import Inventory

@Suite("Changes read back")
struct UnappliedTests {
    @Test(
        "a number is the decimal it stands for, and no digit is rounded",
        arguments: [
            ("1", "1.0", true), ("1e2", "100", true), ("0.10", "0.1", true), ("1E+2", "1e02", true),
            ("0.001", "1e-3", true), ("-0", "0.0", true), ("0e9", "0", true), ("-1.50", "-15e-1", true),
            ("1234567890123456789012345678901234567890", "123456789012345678901234567890123456789e1", true),
            ("9007199254740993", "9007199254740992", false), ("0.1", "0.10000000000000000001", false),
            ("1", "-1", false), ("1", "10", false), ("12", "1.2", false), ("1e300", "1e301", false),
            ("1", "true", false), ("1", "\"1\"", false), ("0", "null", false),
        ]
    )
    func numbers(wanted: String, found: String, isApplied: Bool) throws {
        #expect(try unapplied(#"{"a":\#(wanted)}"#, found: #"{"a":\#(found)}"#) == (isApplied ? [] : ["a"]))
        #expect(try unapplied(#"{"a":[\#(wanted)]}"#, found: #"{"a":[\#(found)]}"#) == (isApplied ? [] : ["a"]))
    }

    @Test(
        "a value is applied when the inventory has an equal one; members have no order, elements have",
        arguments: [
            (#"{"a":"é"}"#, #"{"a":"\u00e9"}"#, []), (#"{"a":"x"}"#, #"{"a":"X"}"#, ["a"]),
            (#"{"a":"x"}"#, #"{}"#, ["a"]), (#"{"a":"x"}"#, #"{"a":null}"#, ["a"]), (#"{"a":""}"#, #"{}"#, ["a"]),
            (#"{"a":true}"#, #"{"a":true}"#, []), (#"{"a":true}"#, #"{"a":false}"#, ["a"]),
            (#"{"a":{"x":1,"y":[1,2]}}"#, #"{"a":{"y":[1.0,2],"x":1}}"#, []),
            (#"{"a":[1,2]}"#, #"{"a":[2,1]}"#, ["a"]), (#"{"a":[1]}"#, #"{"a":[1,1]}"#, ["a"]),
            (#"{"a":{"x":1}}"#, #"{"a":{"x":1,"y":null}}"#, ["a"]), (#"{"a":{}}"#, #"{"a":[]}"#, ["a"]),
            (#"{"a":{"x":1}}"#, #"{"a":{"y":1}}"#, ["a"]), (#"{"a":2}"#, #"{"a":1,"a":2}"#, ["a"]),
            (#"{"c":1,"a":1,"b":1}"#, #"{"b":1}"#, ["c", "a"]), (#"{"a":1}"#, #"{"a":1,"b":2}"#, []),
            (#"{"\u0061":1}"#, #"{"a":1}"#, []),
            (#"{"a":"e\u0301"}"#, #"{"a":"\u00e9"}"#, ["a"]), (#"{"a":"\ufffd"}"#, #"{"a":"\ud800"}"#, ["a"]),
            (#"{"a":"\ud83d\ude00\n"}"#, "{\"a\":\"😀\\u000a\"}", []),
            (#"{"a":{"e\u0301":1}}"#, #"{"a":{"é":1}}"#, ["a"]),
            (#"{"a":"\\u0041"}"#, #"{"a":"A"}"#, ["a"]),
            (#"{"a":1}"#, #"{"a":2,"a":1}"#, ["a"]),
            (#"{"a":1}"#, #"{"a":1.0,"a":1}"#, []),
            (#"{"a":null}"#, #"{"a":1,"a":null}"#, ["a"]),
        ] as [(String, String, [String])]
    )
    func values(wanted: String, found: String, unapplied names: [String]) throws {
        #expect(try unapplied(wanted, found: found) == names)
    }

    @Test(
        "an attribute is cleared when it is absent or null",
        arguments: [("{}", true), (#"{"a":null}"#, true), (#"{"a":""}"#, false), (#"{"a":{}}"#, false)]
    )
    func cleared(found: String, isApplied: Bool) throws {
        #expect(try unapplied(#"{"a":null}"#, found: found) == (isApplied ? [] : ["a"]))
    }

    @Test("a customer whom the API does not know has no attributes")
    func unknown() throws {
        let inventory = CustomerInventory.unknown(try SubjectID("a"), sectionsAsked: [])
        #expect(try inventory.unapplied(RequestedChanges(json: #"{"a":1,"b":null}"#)) == ["a"])
    }

    @Test("an exponent beyond every computer integer neither crashes nor equals another number")
    func beyondRange() {
        let vast = "1e99999999999999999999"
        #expect(JSONNumber(vast) == JSONNumber(vast))
        #expect(JSONNumber(vast) != JSONNumber("1e99999999999999999998"))
        #expect(JSONNumber("10e\(Int.max)") != JSONNumber("1e\(Int.max)"))
        #expect(JSONNumber("0e99999999999999999999") == JSONNumber("-0"))
    }

    private func unapplied(_ changes: String, found attributes: String) throws -> [String] {
        try Sample.inventory(#"{"profile":{"integrationId":"customer-42","attributes":\#(attributes)}}"#)
            .unapplied(RequestedChanges(json: changes))
    }
}
