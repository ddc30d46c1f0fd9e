public import Foundation

/// A text and who signed it (c2sp.org/signed-note).
///
/// A note is read strictly and keeps the exact bytes of its text, so that what is written is what was read. Nothing in
/// a note is to be believed before `verify(with:)`.
public struct SignedNote: Hashable, Sendable {
    /// The most bytes that a note may have, 1 MiB.
    public static let maximumByteCount = 1 << 20
    /// The most signatures that a note may have.
    public static let maximumSignatureCount = 100

    /// The text as it was signed: UTF-8 that ends with a newline.
    public let textBytes: Data
    /// The signatures in their order, at least one.
    public let signatures: [NoteSignature]

    /// Reads a note.
    ///
    /// - Throws: `malformedNote` with the place of what is wrong.
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

    /// A note of a text and signatures that were made elsewhere.
    ///
    /// - Throws: `malformedNote` when they do not make a note.
    public init(text: String, signatures: [NoteSignature]) throws(EvidenceLogError) {
        try self.init(textBytes: Data(text.utf8), signatures: signatures)
    }

    private init(textBytes: Data, signatures: [NoteSignature]) throws(EvidenceLogError) {
        guard textBytes.last == Self.newline else {
            throw EvidenceLogError(.malformedNote, offset: textBytes.count, "the text does not end with a newline")
        }
        try self.init(textBytes + Data("\n".utf8) + Data(signatures.map(\.line).joined().utf8))
    }

    /// The note with one signature more, below the others.
    ///
    /// - Throws: `malformedNote` when the note would become too large.
    public func adding(_ signature: NoteSignature) throws(EvidenceLogError) -> SignedNote {
        try SignedNote(textBytes: textBytes, signatures: signatures + [signature])
    }

    /// The text as it was signed.
    public var text: String { String(decoding: textBytes, as: UTF8.self) }

    /// The note as it is stored and sent; for a note that was read, the bytes it was read from.
    public var data: Data {
        textBytes + Data("\n".utf8) + Data(signatures.map(\.line).joined().utf8)
    }

    /// Checks the signatures of the keys that the caller trusts, and ignores those of all others.
    ///
    /// - Returns: the signatures that hold, in their order, at least one.
    /// - Throws: `invalidSignature` if one that names a trusted key does not hold, even though others do;
    ///   `missingSignature` if none is by a trusted key.
    public func verify(with keys: some Collection<VerifierKey>) throws(EvidenceLogError) -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for signature in signatures {
            for key in keys where key.name == signature.name && key.id == signature.keyID {
                guard let result = key.verify(signature, text: textBytes) else {
                    throw EvidenceLogError(.invalidSignature, "the signature of \(key.name)+\(key.id) does not hold")
                }
                verified.append(result)
            }
        }
        guard !verified.isEmpty else {
            throw EvidenceLogError(.missingSignature, "none of the note's signatures is by a trusted key")
        }
        return verified
    }

    private static let newline = UInt8(ascii: "\n")

    /// What holds for the bytes of a note as a whole.
    private static func check(_ bytes: [UInt8]) throws(EvidenceLogError) {
        guard bytes.count <= maximumByteCount else {
            throw EvidenceLogError(.malformedNote, "the note has \(bytes.count) bytes, more than \(maximumByteCount)")
        }
        if let offset = bytes.firstIndex(where: { $0 < 0x20 && $0 != newline }) {
            let line = bytes[..<offset].count { $0 == newline } + 1
            throw EvidenceLogError(.malformedNote, line: line, offset: offset, "the note holds a control character")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw EvidenceLogError(.malformedNote, "the note is not valid UTF-8")
        }
        guard bytes.last == newline else {
            throw EvidenceLogError(.malformedNote, offset: bytes.count, "the note does not end with a newline")
        }
    }
}
