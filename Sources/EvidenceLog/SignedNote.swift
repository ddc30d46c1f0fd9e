public import Foundation

/// A text with its signatures (c2sp.org/signed-note).
///
/// The parser is strict, and a note keeps the exact bytes of its text, so that it is written as it was read. A note is not
/// trustworthy until `verify(with:)`.
public struct SignedNote: Hashable, Sendable {
    /// The largest size of a note in bytes, 1 MiB.
    public static let maximumByteCount = 1 << 20
    /// The largest number of signatures of a note.
    public static let maximumSignatureCount = 100

    /// The signed text: UTF-8 that ends with a newline.
    public let textBytes: Data
    /// The signatures in their order, at least one.
    public let signatures: [NoteSignature]

    /// Parses a note.
    ///
    /// - Throws: `malformedNote` with the line or offset of the error.
    public init(_ bytes: Data) throws(EvidenceLogError) {
        let bytes = Array(bytes)
        try Self.check(bytes)
        guard
            let split = bytes.indices.dropLast().last(where: {
                bytes[$0] == Self.newline && bytes[$0 + 1] == Self.newline
            })
        else {
            throw EvidenceLogError(.malformedNote, "the note has no empty line between its text and its signatures")
        }
        let textLines = bytes[...split].count { $0 == Self.newline }
        var scanner = LineScanner(bytes[(split + 2)...], number: textLines + 2)
        var signatures: [NoteSignature] = []
        while let line = scanner.next() {
            guard signatures.count < Self.maximumSignatureCount else {
                throw EvidenceLogError(
                    .malformedNote,
                    line,
                    "the note has more than \(Self.maximumSignatureCount) signatures"
                )
            }
            signatures.append(try NoteSignature(line))
        }
        guard !signatures.isEmpty else {
            throw EvidenceLogError(.malformedNote, offset: bytes.count, "no signature follows the last empty line")
        }
        textBytes = Data(bytes[...split])
        self.signatures = signatures
    }

    /// A note from a text and its signatures.
    ///
    /// - Throws: `malformedNote` if they do not form a valid note.
    public init(text: String, signatures: [NoteSignature]) throws(EvidenceLogError) {
        try self.init(textBytes: Data(text.utf8), signatures: signatures)
    }

    private init(textBytes: Data, signatures: [NoteSignature]) throws(EvidenceLogError) {
        guard textBytes.last == Self.newline else {
            throw EvidenceLogError(.malformedNote, offset: textBytes.count, "the text does not end with a newline")
        }
        try self.init(textBytes + Data("\n".utf8) + Data(signatures.map(\.line).joined().utf8))
    }

    /// The note with another signature, below the others.
    ///
    /// - Throws: `malformedNote` if the note would become too large.
    public func adding(_ signature: NoteSignature) throws(EvidenceLogError) -> SignedNote {
        try SignedNote(textBytes: textBytes, signatures: signatures + [signature])
    }

    /// The signed text.
    public var text: String { String(decoding: textBytes, as: UTF8.self) }

    /// The bytes of the note, as stored and sent; for a parsed note, the bytes from which it was parsed.
    public var data: Data {
        textBytes + Data("\n".utf8) + Data(signatures.map(\.line).joined().utf8)
    }

    /// Verifies the signatures of trusted keys, and ignores all others.
    ///
    /// - Returns: the valid signatures in their order, at least one.
    /// - Throws: `invalidSignature` if a signature names a trusted key and is invalid, even if others are valid;
    ///   `missingSignature` if no signature is by a trusted key.
    public func verify(with keys: some Collection<VerifierKey>) throws(EvidenceLogError) -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for signature in signatures {
            for key in keys where key.name == signature.name && key.id == signature.keyID {
                guard let result = key.verify(signature, text: textBytes) else {
                    throw EvidenceLogError(.invalidSignature, "the signature of \(key.name)+\(key.id) is invalid")
                }
                verified.append(result)
            }
        }
        guard !verified.isEmpty else {
            throw EvidenceLogError(.missingSignature, "the note has no signature by a trusted key")
        }
        return verified
    }

    private static let newline = UInt8(ascii: "\n")

    /// Checks the bytes of a note as a whole: size, UTF-8, control characters, final newline.
    private static func check(_ bytes: [UInt8]) throws(EvidenceLogError) {
        guard bytes.count <= maximumByteCount else {
            throw EvidenceLogError(.malformedNote, "the note has \(bytes.count) bytes, more than \(maximumByteCount)")
        }
        if let offset = bytes.firstIndex(where: { $0 < 0x20 && $0 != newline }) {
            let line = bytes[..<offset].count { $0 == newline } + 1
            throw EvidenceLogError(.malformedNote, line: line, offset: offset, "the note contains a control character")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw EvidenceLogError(.malformedNote, "the note is not valid UTF-8")
        }
        guard bytes.last == newline else {
            throw EvidenceLogError(.malformedNote, offset: bytes.count, "the note does not end with a newline")
        }
    }
}
