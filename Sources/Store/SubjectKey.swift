import Crypto
public import Foundation
public import SubjectRequests

/// The key of the digests by which a customer's requests are found after their identifier was deleted from the database.
///
/// It is kept outside the database: without it the digests identify no customer. They are pseudonymous data all the same
/// (Art. 4(5) GDPR), so the key is kept as long as the digests may be used, and no longer. It never prints itself.
public struct SubjectKey: Sendable {
    private let key: SymmetricKey

    /// A new random key of 256 bits.
    public init() {
        self.key = SymmetricKey(size: .bits256)
    }

    /// Reads a key from its file's text.
    ///
    /// - Parameter hexadecimal: 64 hexadecimal digits.
    /// - Returns: `nil` for any other text.
    public init?(hexadecimal text: String) {
        guard let bytes = Data(hexadecimal: text), bytes.count == 32 else { return nil }
        self.key = SymmetricKey(data: bytes)
    }

    /// The key as 64 lower-case hexadecimal digits, for the file that keeps it.
    public var hexadecimal: String {
        key.withUnsafeBytes { Data($0).hexadecimal }
    }

    /// Identifies the key and says nothing else about it: 8 bytes.
    public var id: Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data("dsr subject key".utf8), using: key)).prefix(8)
    }

    /// HMAC-SHA256 of the identifier, 32 bytes.
    public func digest(of subject: SubjectID) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(subject.value.utf8), using: key))
    }
}

extension SubjectKey: CustomStringConvertible, CustomReflectable {
    /// States that the key is withheld.
    public var description: String { "(subject key withheld)" }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
