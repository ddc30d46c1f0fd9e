import Crypto
import Foundation

/// Decides whether a request's credentials are good.
enum Authenticator {
    /// - Parameters:
    ///   - authorization: the `Authorization` header.
    ///   - contentSignature: the `Content-Signature` header.
    static func check(
        authorization: String?,
        contentSignature: String?,
        body: Data,
        settings: SandboxSettings
    ) throws(Refusal) {
        guard settings.requireAuthentication else { return }
        // Either scheme will do; a caller who configured both sends both.
        if let authorization {
            let words = authorization.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2, words[0] == "ApiKey-v1", settings.apiKeys.contains(String(words[1])) else {
                throw .unauthorized
            }
        } else if let contentSignature {
            guard let key = settings.applicationKey.flatMap(bytes(hexadecimal:)) else { throw .unauthorized }
            guard let (signer, signature) = parse(contentSignature), signer == settings.applicationId,
                HMAC<Insecure.MD5>.isValidAuthenticationCode(signature, authenticating: body, using: .init(data: key))
            else { throw .signatureMismatch }
        } else {
            let isExcused = body.isEmpty && settings.applicationKey != nil && settings.hmacForEmptyBody == .notRequired
            guard isExcused else {
                throw Refusal(status: settings.missingCredentialStatus, message: "Missing credentials")
            }
        }
    }

    /// `signer=1; signature=00ff…`, with or without white space around the parts, as official callers differ in it.
    private static func parse(_ header: String) -> (signer: Int64, signature: [UInt8])? {
        var values: [String: String] = [:]
        for part in header.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2 else { return nil }
            values[pair[0]] = pair[1]
        }
        guard let signer = values["signer"].flatMap({ Int64($0) }),
            let signature = values["signature"].flatMap(bytes(hexadecimal:))
        else { return nil }
        return (signer, signature)
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
