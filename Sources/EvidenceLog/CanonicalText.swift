import Foundation

// The formats define one spelling for each value. A parser that accepted a second one would allow a text to be altered
// without breaking its proof, so these parsers accept only the canonical spelling.

extension Data {
    /// Decodes padded base64 in the standard alphabet; nil if encoding the bytes again would give a different text:
    /// missing or excessive padding, unused bits set in the last digit, characters outside the alphabet.
    init?(canonicalBase64 text: String) {
        guard let bytes = Data(base64Encoded: text), bytes.base64EncodedString().utf8.elementsEqual(text.utf8) else {
            return nil
        }
        self = bytes
    }
}

extension Int {
    /// Parses ASCII digits without a sign or leading zeros; nil for anything else and for numbers above 63 bits.
    init?(canonicalDecimal text: some StringProtocol) {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
            String(value).utf8.count == text.utf8.count
        else { return nil }
        self = value
    }
}
