import ExactJSON
import Foundation
import Testing

@Suite("A limit on the number of values")
struct ValueLimitTests {
    @Test(
        "JSON has at most as many values and names as the caller allows",
        arguments: ["[1,2,3]", #"{"a":1}"#, "[[],{}]"]
    )
    func limit(text: String) throws {
        let count = text == "[1,2,3]" ? 4 : 3
        _ = try RawJSON.parse(Data(text.utf8), valueLimit: count)
        let error = try #require(throws: JSONError.self) { try RawJSON.parse(Data(text.utf8), valueLimit: count - 1) }
        #expect(error.code == .tooManyValues)
    }
}
