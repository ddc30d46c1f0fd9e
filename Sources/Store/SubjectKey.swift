import Crypto
public import Foundation
public import SubjectRequests

/// The key that finds a person's requests again after their identifier is gone from the database.
///
/// It is kept outside the database: the digests alone, without it, name nobody. Pseudonymous data all the same
/// (Art. 4(5) GDPR), so its holder keeps it as long as the digests may be kept, and no longer. Never prints itself.
public struct SubjectKey: Sendable {
    private let key: SymmetricKey

    /// A new random key of 256 bits.
    public init() {
        self.key = SymmetricKey(size: .bits256)
    }

    /// - Parameter hexadecimal: 64 hexadecimal digits.
    /// - Returns: `nil` where the text is not that.
    public init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        self.key = SymmetricKey(data: stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
    }

    /// The key as 64 lower-case hexadecimal digits, for the file that keeps it.
    public var hexadecimal: String {
        key.withUnsafeBytes { bytes in
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    /// Tells this key from another, and nothing else about it: 8 bytes.
    public var id: Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data("dsr subject key".utf8), using: key)).prefix(8)
    }

    /// HMAC-SHA256 of the identifier, 32 bytes.
    public func digest(of subject: SubjectID) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(subject.value.utf8), using: key))
    }
}

extension SubjectKey: CustomStringConvertible, CustomReflectable {
    /// Says that there is a key, and not which.
    public var description: String { "(subject key withheld)" }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
