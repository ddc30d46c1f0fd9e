import ExactJSON
import Foundation
import InventorySample
import Testing

@Suite("Leaving parts out of JSON")
struct JSONSlicingTests {
    @Test(
        "what is named goes with one comma, and every other byte stays",
        arguments: [
            (#"{"a":1, "x":2 , "b" : 3}"#, #"{"a":1 , "b" : 3}"#),
            (#"{ "x":1, "b":2 }"#, #"{ "b":2 }"#),
            (#"{ "b":2, "x":1 }"#, #"{ "b":2 }"#),
            (#"{ "x":1 }"#, #"{  }"#),
            (#"{"x":1,"x":{"x":2},"b":[ 1.50 ],"x":3,"x":4}"#, #"{"b":[ 1.50 ]}"#),
            (#"{"x":1,"x":2}"#, "{}"),
            (#"[{"x":1},{"a":{"x":[1,2],"k":null}} ]"#, #"[{},{"a":{"k":null}} ]"#),
            (#"{"\u0078":1,"y":"x"}"#, #"{"y":"x"}"#),
            (#"{"a":1,"x":2,"b":3,"x":4,"c":5}"#, #"{"a":1,"b":3,"c":5}"#),
        ]
    )
    func removesMembersNamedX(before: String, after: String) throws {
        let root = try RawJSON.parse(Data(before.utf8))
        #expect(String(decoding: root.removing(places(in: root)), as: UTF8.self) == after)
    }

    @Test("any choice of elements leaves valid JSON with exactly the others, in order")
    func everySubset() throws {
        let root = try RawJSON.parse(Data("[ 0 ,1 , 2,3\n, 4 ]".utf8))
        for choice in 0..<32 {
            let dropped = root.elements.enumerated().filter { choice >> $0.offset & 1 == 1 }
            let rest = try RawJSON.parse(root.removing(Set(dropped.map(\.element.place))))
            let expected = (0..<5).filter { choice >> $0 & 1 == 0 }.map(String.init)
            #expect(rest.elements.map(\.numberText) == expected)
        }
    }

    @Test("nothing named, nothing changed")
    func nothing() throws {
        let root = try RawJSON.parse(Sample.inventory)
        #expect(root.removing([]) == root.bytes)
        #expect(root.removing([root.place]) == root.bytes)
    }

    private func places(in value: RawJSON) -> Set<RawJSON.Place> {
        let here = value.values(named: "x").map(\.place)
        let below = (value.elements + value.members.map(\.value)).flatMap { places(in: $0) }
        return Set(here + below)
    }
}
