import Foundation

// The formats have one spelling for each value. Whoever accepts a second one lets a text be altered without breaking
// its proof, so what is read here is read only in the spelling in which it is written.

extension Data {
    /// The bytes of padded base64 in the standard alphabet, or nil where encoding them again would give another text:
    /// missing or excessive padding, stray bits in the last digit, anything outside the alphabet.
    init?(canonicalBase64 text: String) {
        guard let bytes = Data(base64Encoded: text), bytes.base64EncodedString().utf8.elementsEqual(text.utf8) else {
            return nil
        }
        self = bytes
    }
}

extension Int {
    /// A number in ASCII digits without sign and leading zeros, or nil; also nil for one beyond 63 bits.
    init?(canonicalDecimal text: some StringProtocol) {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
            String(value).utf8.count == text.utf8.count
        else { return nil }
        self = value
    }
}

extension UInt8 {
    /// Two lower-case hexadecimal digits.
    var hexadecimal: String {
        (self < 16 ? "0" : "") + String(self, radix: 16)
    }
}
