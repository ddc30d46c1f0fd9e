import Crypto
import Foundation

/// The check of a request's credentials.
enum Authenticator {
    /// Checks the credentials of a request.
    ///
    /// - Parameters:
    ///   - authorization: The `Authorization` header.
    ///   - contentSignature: The `Content-Signature` header.
    static func check(
        authorization: String?,
        contentSignature: String?,
        body: Data,
        settings: SandboxSettings
    ) throws(Refusal) {
        guard settings.requireAuthentication else { return }
        // One scheme is enough. A caller that has both configured sends both headers.
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

    /// Parses `signer=1; signature=00ff…`. White space around the parts is optional, because official SDKs differ.
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
