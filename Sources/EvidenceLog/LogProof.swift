public import Foundation

/// A receipt that proves offline, to who knows the log's key, that something is in the log
/// (c2sp.org/tlog-proof@v1; the usual file extension is `.tlog-proof`).
public struct LogProof: Hashable, Sendable {
    /// The most bytes that a proof may have, 2 MiB.
    public static let maximumByteCount = 2 << 20
    /// The most hashes that a path in a tree can have whose size is counted in 63 bits.
    public static let maximumHashCount = 63

    /// Bytes for the application's use that nobody vouches for; nil rather than empty.
    public let extra: Data?
    /// The leaf's index in the log, counted from 0.
    public let index: Int
    /// The path from the leaf's sibling up.
    public let hashes: [TreeHash]
    /// The note with the checkpoint, exactly as the log issued it.
    public let note: SignedNote

    /// A proof of its parts. Whether they belong together shows in `verify(leaf:policy:)`.
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

    /// Reads a proof.
    ///
    /// - Throws: `malformedProof`, or `malformedNote` with a place counted from the beginning of the note.
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
                "this is not the word index and a number in its shortest form"
            )
        }
        let hashes = try scanner.hashesUpToEmptyLine()
        try self.init(extra: extra, index: index, hashes: hashes, note: SignedNote(Data(scanner.rest)))
    }

    /// The proof as it is stored and sent; for a proof that was read, the bytes it was read from.
    public var data: Data {
        var lines = [Self.header]
        if let extra { lines.append("extra " + extra.base64EncodedString()) }
        lines.append("index \(index)")
        lines += hashes.map(\.base64)
        return Data(lines.map { $0 + "\n" }.joined().utf8) + Data("\n".utf8) + note.data
    }

    /// Checks that a leaf is in the log, at `index`, at the time of the checkpoint.
    ///
    /// - Parameters:
    ///   - leaf: the hash of what is to be proven, worked out by the caller from its exact bytes.
    ///   - policy: the log, and who must have confirmed the checkpoint.
    /// - Throws: the first of these that does not hold: `invalidSignature`, `missingSignature`, `malformedCheckpoint`,
    ///   `wrongOrigin`, `outOfRange`, `inclusionNotProven`.
    public func verify(leaf: TreeHash, policy: LogPolicy) throws(EvidenceLogError) -> VerifiedInclusion {
        let (checkpoint, signatures) = try policy.verify(note)
        try InclusionProof(index: index, size: checkpoint.size, hashes: hashes)
            .verify(leaf: leaf, root: checkpoint.root)
        return VerifiedInclusion(index: index, checkpoint: checkpoint, signatures: signatures)
    }

    private static let header = "c2sp.org/tlog-proof@v1"
}

/// What a proof that holds has shown.
public struct VerifiedInclusion: Hashable, Sendable {
    /// Where the leaf stands.
    public let index: Int
    /// The checkpoint that covers it.
    public let checkpoint: Checkpoint
    /// Who vouches for the checkpoint; witnesses also say when they saw it.
    public let signatures: [VerifiedSignature]
}

extension LineScanner {
    /// The next line, where the text may not end.
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

    /// Hashes, one a line, up to an empty line, which is read too.
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
                throw EvidenceLogError(.malformedProof, line, "this is not a hash of 32 bytes in base64")
            }
            hashes.append(hash)
        }
    }
}
