import Crypto
import Foundation

/// Signs request bodies: HMAC-MD5 under the Application key, as the older authentication scheme wants it.
///
/// The message is the exact body and nothing else, so a signature binds neither path nor time.
struct ContentSignature: Sendable, CustomReflectable {
    let id: Int
    private let key: SymmetricKey

    /// `nil` unless the key is exactly 16 hexadecimal digits.
    init?(id: Int, hexadecimalKey: String) {
        let digits = hexadecimalKey.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 16, hexadecimalKey.utf8.count == 16 else { return nil }
        self.id = id
        self.key = SymmetricKey(data: stride(from: 0, to: 16, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }

    /// Shows the Application, never the key.
    var customMirror: Mirror { Mirror(self, children: ["id": id]) }

    /// The value of the `Content-Signature` header for these bytes.
    func header(for body: Data) -> String {
        "signer=\(id); signature=\(signature(of: body))"
    }

    /// 32 lower-case hexadecimal digits.
    func signature(of body: Data) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let code = HMAC<Insecure.MD5>.authenticationCode(for: body, using: key)
        return String(decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
