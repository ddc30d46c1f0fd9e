import Foundation
import SubjectRequests
import Testing

@Suite("Hexadecimal")
struct HexadecimalTests {
    @Test("every byte is written as two digits in lower case and read back from either case")
    func roundTrip() {
        let every = Data(UInt8.min...UInt8.max)
        #expect(every.hexadecimal.hasPrefix("000102") && every.hexadecimal.hasSuffix("fdfeff"))
        #expect(Data(hexadecimal: every.hexadecimal) == every)
        #expect(Data(hexadecimal: every.hexadecimal.uppercased()) == every)
        #expect(Data(hexadecimal: "") == Data())
        #expect(Data().hexadecimal == "")
    }

    @Test(
        "anything but pairs of hexadecimal digits is refused",
        arguments: ["0", "abc", "0g", "0x", " 00", "00 ", "00 11", "-1", "+1", "０１", "é", "\u{0}\u{0}"]
    )
    func refused(text: String) {
        #expect(Data(hexadecimal: text) == nil)
    }
}
