import Crypto
import Foundation

/// The signer of the older authentication scheme: HMAC-MD5 of the request's body under the Application key.
///
/// The signature covers the exact body and nothing else; it does not bind the path or the time.
struct ContentSignature: Sendable, CustomReflectable {
    let id: Int
    private let key: SymmetricKey

    /// Creates a signer; `nil` unless the key is exactly 16 hexadecimal digits.
    init?(id: Int, hexadecimalKey: String) {
        let digits = hexadecimalKey.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 16, hexadecimalKey.utf8.count == 16 else { return nil }
        self.id = id
        self.key = SymmetricKey(data: stride(from: 0, to: 16, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }

    /// A mirror that shows the Application's id, never the key.
    var customMirror: Mirror { Mirror(self, children: ["id": id]) }

    /// The value of the `Content-Signature` header for a body.
    func header(for body: Data) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let code = HMAC<Insecure.MD5>.authenticationCode(for: body, using: key)
        let signature = String(decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        return "signer=\(id); signature=\(signature)"
    }
}
