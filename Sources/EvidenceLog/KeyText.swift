import Foundation

/// The text format of public and private keys: `name+id+base64(algorithm ‖ 32 bytes)`.
///
/// The errors name the invalid part and never quote it, since it may be a secret.
struct KeyText {
    let name: KeyName
    let id: String
    let algorithm: SignatureAlgorithm
    let key: Data

    init(name: KeyName, id: KeyID, algorithm: SignatureAlgorithm, key: Data) {
        self.name = name
        self.id = id.description
        self.algorithm = algorithm
        self.key = key
    }

    init(_ text: some StringProtocol) throws(EvidenceLogError) {
        // Base64 may contain plus signs: only the first two are separators.
        let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3 else {
            throw EvidenceLogError(.malformedKey, "expected a key of the form name+id+base64")
        }
        name = try KeyName(parts[0])
        id = parts[1]
        guard let bytes = Data(canonicalBase64: parts[2]), let first = bytes.first else {
            throw EvidenceLogError(.malformedKey, "the part of the key after the second plus sign is not base64")
        }
        guard let algorithm = SignatureAlgorithm(rawValue: first) else {
            throw EvidenceLogError(.malformedKey, "the key has signature type \(first); supported are 1 and 4")
        }
        guard bytes.count == 33 else {
            throw EvidenceLogError(.malformedKey, "an Ed25519 key has 32 bytes, not \(bytes.count - 1)")
        }
        self.algorithm = algorithm
        key = Data(bytes.dropFirst())
    }

    /// Checks that the ID in the text is that of the key, to detect typing errors and mixed-up parts.
    func require(id expected: KeyID) throws(EvidenceLogError) {
        guard id.utf8.elementsEqual(expected.description.utf8) else {
            throw EvidenceLogError(.malformedKey, "the ID in the key does not match its name and bytes")
        }
    }

    var text: String {
        "\(name)+\(id)+" + (Data([algorithm.rawValue]) + key).base64EncodedString()
    }
}
