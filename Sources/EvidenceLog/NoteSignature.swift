public import Foundation

/// A signature line of a note. It is not trustworthy until it is verified.
public struct NoteSignature: Hashable, Sendable {
    /// The name of the key.
    public let name: KeyName
    /// The ID of the key, which distinguishes keys of the same name.
    public let keyID: KeyID
    /// The signature without the key's ID; at least one byte.
    public let bytes: Data

    init(_ key: VerifierKey, bytes: Data) {
        name = key.name
        keyID = key.id
        self.bytes = bytes
    }

    /// Parses a signature line, with or without its newline.
    ///
    /// - Throws: `malformedNote`.
    public init(line: String) throws(EvidenceLogError) {
        let bytes = Array(line.utf8)
        let end = bytes.last == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count
        try self.init(Line(number: 1, offset: 0, bytes: bytes[..<end]))
    }

    init(_ line: Line) throws(EvidenceLogError) {
        guard let content = line.text(after: Self.dash) else {
            throw EvidenceLogError(.malformedNote, line, "a signature line starts with an em dash and a space")
        }
        let parts = content.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 2, let name = try? KeyName(parts[0]) else {
            throw EvidenceLogError(.malformedNote, line, "no valid key name follows the em dash")
        }
        guard let blob = Data(canonicalBase64: parts[1]) else {
            throw EvidenceLogError(.malformedNote, line, "the signature is not canonical base64")
        }
        guard blob.count > 4 else {
            throw EvidenceLogError(.malformedNote, line, "the signature has no bytes beyond the key's ID")
        }
        self.name = name
        keyID = KeyID(blob.prefix(4))
        bytes = Data(blob.dropFirst(4))
    }

    /// The signature line with its newline.
    public var line: String {
        "\(Self.dash)\(name) \((Data(keyID.bytes) + bytes).base64EncodedString())\n"
    }

    /// An em dash and a space.
    private static let dash = "\u{2014} "
}
