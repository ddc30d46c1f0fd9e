public import Foundation

/// A receipt: proves offline, with the log's key alone, that an entry is in the log
/// (c2sp.org/tlog-proof@v1; the usual file extension is `.tlog-proof`).
public struct LogProof: Hashable, Sendable {
    /// The largest size of a proof in bytes, 2 MiB.
    public static let maximumByteCount = 2 << 20
    /// The largest number of hashes in a path, for trees whose size fits 63 bits.
    public static let maximumHashCount = 63

    /// Bytes for the application, which the proof does not authenticate; nil if there are none.
    public let extra: Data?
    /// The leaf's index in the log, counted from 0.
    public let index: Int
    /// The path to the root, the leaf's sibling first.
    public let hashes: [TreeHash]
    /// The note with the checkpoint, byte for byte as the log issued it.
    public let note: SignedNote

    /// A proof from its parts. `verify(leaf:policy:)` checks that they match.
    ///
    /// - Throws: `malformedProof` for a negative index, or for more hashes or bytes than a proof can have.
    public init(
        extra: Data? = nil,
        index: Int,
        hashes: [TreeHash],
        note: SignedNote
    ) throws(EvidenceLogError) {
        guard index >= 0 else { throw EvidenceLogError(.malformedProof, "the index is negative") }
        guard hashes.count <= Self.maximumHashCount else {
            throw EvidenceLogError(.malformedProof, "the proof has more than \(Self.maximumHashCount) hashes")
        }
        self.extra = extra?.isEmpty == true ? nil : extra
        self.index = index
        self.hashes = hashes
        self.note = note
        guard data.count <= Self.maximumByteCount else {
            throw EvidenceLogError(.malformedProof, "the proof has more than \(Self.maximumByteCount) bytes")
        }
    }

    /// Parses a proof.
    ///
    /// - Throws: `malformedProof`; `malformedNote` with line and offset counted from the start of the note.
    public init(_ bytes: Data) throws(EvidenceLogError) {
        guard bytes.count <= Self.maximumByteCount else {
            throw EvidenceLogError(.malformedProof, "the proof has more than \(Self.maximumByteCount) bytes")
        }
        var scanner = LineScanner(Array(bytes)[...])
        let first = try scanner.proofLine()
        guard first.text(after: Self.header)?.isEmpty == true else {
            throw EvidenceLogError(.malformedProof, first, "the first line is not \(Self.header)")
        }
        var line = try scanner.proofLine()
        var extra: Data?
        if let text = line.text(after: "extra ") {
            extra = Data(canonicalBase64: text)
            guard extra?.isEmpty == false else {
                throw EvidenceLogError(.malformedProof, line, "the extra data is empty or not canonical base64")
            }
            line = try scanner.proofLine()
        }
        guard let text = line.text(after: "index "), let index = Int(canonicalDecimal: text) else {
            throw EvidenceLogError(
                .malformedProof,
                line,
                "expected the word index and a decimal number, for example: index 42"
            )
        }
        let hashes = try scanner.hashesUpToEmptyLine()
        try self.init(extra: extra, index: index, hashes: hashes, note: SignedNote(Data(scanner.rest)))
    }

    /// The bytes of the proof, as stored and sent; for a parsed proof, the bytes from which it was parsed.
    public var data: Data {
        var lines = [Self.header]
        if let extra { lines.append("extra " + extra.base64EncodedString()) }
        lines.append("index \(index)")
        lines += hashes.map(\.base64)
        return Data(lines.map { $0 + "\n" }.joined().utf8) + Data("\n".utf8) + note.data
    }

    /// What a mail program or an editor changed in a proof; `nil` if it is valid, or invalid without such a change too.
    public static func damage(of bytes: Data) -> TextDamage? {
        guard (try? LogProof(bytes)) == nil, let damage = TextDamage(bytes), (try? LogProof(damage.repaired)) != nil
        else { return nil }
        return damage
    }

    /// Verifies that a leaf is in the log, at `index`, under the checkpoint.
    ///
    /// - Parameters:
    ///   - leaf: the hash of the leaf, computed by the caller from its exact bytes.
    ///   - policy: the log, and the required signatures.
    /// - Throws: the first of these that applies: `invalidSignature`, `missingSignature`, `malformedCheckpoint`,
    ///   `wrongOrigin`, `outOfRange`, `inclusionNotProven`.
    public func verify(leaf: TreeHash, policy: LogPolicy) throws(EvidenceLogError) -> VerifiedInclusion {
        let (checkpoint, signatures) = try policy.verify(note)
        try InclusionProof(index: index, size: checkpoint.size, hashes: hashes)
            .verify(leaf: leaf, root: checkpoint.root)
        return VerifiedInclusion(index: index, checkpoint: checkpoint, signatures: signatures)
    }

    private static let header = "c2sp.org/tlog-proof@v1"
}

/// The result of a valid proof.
public struct VerifiedInclusion: Hashable, Sendable {
    /// The leaf's index.
    public let index: Int
    /// The checkpoint that covers it.
    public let checkpoint: Checkpoint
    /// The valid signatures of the checkpoint; those of witnesses have a time.
    public let signatures: [VerifiedSignature]
}

extension LineScanner {
    /// The next line, which must exist.
    fileprivate mutating func proofLine() throws(EvidenceLogError) -> Line {
        guard let line = next() else {
            throw EvidenceLogError(
                .malformedProof,
                line: number,
                offset: offset,
                "the proof ends before its checkpoint"
            )
        }
        return line
    }

    /// Reads hashes, one per line, up to and including an empty line.
    fileprivate mutating func hashesUpToEmptyLine() throws(EvidenceLogError) -> [TreeHash] {
        var hashes: [TreeHash] = []
        while true {
            let line = try proofLine()
            if line.bytes.isEmpty { return hashes }
            guard hashes.count < LogProof.maximumHashCount else {
                throw EvidenceLogError(
                    .malformedProof,
                    line,
                    "the proof has more than \(LogProof.maximumHashCount) hashes"
                )
            }
            guard let hash = TreeHash(base64: line.text) else {
                throw EvidenceLogError(.malformedProof, line, "expected a hash of 32 bytes in base64")
            }
            hashes.append(hash)
        }
    }
}
