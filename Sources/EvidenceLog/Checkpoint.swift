/// The state of a log at one size: its origin, the number of its leaves and their root hash
/// (c2sp.org/tlog-checkpoint). It is trustworthy only in a note that the log signed.
public struct Checkpoint: Sendable {
    /// The log's name.
    public let origin: KeyName
    /// The number of leaves.
    public let size: Int
    /// The hash of the tree over the leaves.
    public let root: TreeHash
    /// Further lines, without their newlines. The specification advises against them.
    public let extensions: [String]

    /// A checkpoint of a tree.
    ///
    /// - Throws: `malformedCheckpoint` for a negative size, for size 0 with a root other than `TreeHash.empty`, or for
    ///   an extension that is not one non-empty line.
    public init(
        origin: KeyName,
        size: Int,
        root: TreeHash,
        extensions: [String] = []
    ) throws(EvidenceLogError) {
        guard size >= 0 else { throw EvidenceLogError(.malformedCheckpoint, "the size is negative") }
        guard size > 0 || root == .empty else {
            throw EvidenceLogError(
                .malformedCheckpoint,
                "the size is 0, but the root hash is not that of an empty tree"
            )
        }
        guard extensions.allSatisfy({ line in !line.isEmpty && line.utf8.allSatisfy { $0 >= 0x20 } }) else {
            throw EvidenceLogError(.malformedCheckpoint, "an extension line is empty or contains a control character")
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Parses the text of a checkpoint.
    ///
    /// - Throws: `malformedCheckpoint` for any text that `text` would not reproduce byte for byte.
    public init(text: String) throws(EvidenceLogError) {
        let bytes = Array(text.utf8)
        guard bytes.last == UInt8(ascii: "\n") else {
            throw EvidenceLogError(.malformedCheckpoint, offset: bytes.count, "the text does not end with a newline")
        }
        var lines: [Line] = []
        var scanner = LineScanner(bytes[...])
        while let line = scanner.next() {
            if let control = line.bytes.firstIndex(where: { $0 < 0x20 }) {
                throw EvidenceLogError(
                    .malformedCheckpoint,
                    line: line.number,
                    offset: control,
                    "the text contains a control character"
                )
            }
            guard !line.bytes.isEmpty else { throw EvidenceLogError(.malformedCheckpoint, line, "the line is empty") }
            lines.append(line)
        }
        guard lines.count >= 3 else {
            throw EvidenceLogError(
                .malformedCheckpoint,
                "a checkpoint has at least three lines, this text has \(lines.count)"
            )
        }
        guard let origin = try? KeyName(lines[0].text) else {
            throw EvidenceLogError(.malformedCheckpoint, lines[0], "the origin contains a space or a plus sign")
        }
        guard let size = Int(canonicalDecimal: lines[1].text) else {
            throw EvidenceLogError(
                .malformedCheckpoint,
                lines[1],
                "the size is not a decimal number without leading zeros"
            )
        }
        guard let root = TreeHash(base64: lines[2].text) else {
            throw EvidenceLogError(.malformedCheckpoint, lines[2], "the root hash is not 32 bytes in base64")
        }
        try self.init(origin: origin, size: size, root: root, extensions: lines.dropFirst(3).map(\.text))
    }

    /// Parses the text of a note. Does not verify the note's signatures.
    ///
    /// - Throws: `malformedCheckpoint`.
    public init(_ note: SignedNote) throws(EvidenceLogError) {
        try self.init(text: note.text)
    }

    /// The text that is signed; every line ends with a newline.
    public var text: String {
        (["\(origin)", "\(size)", root.base64] + extensions).map { $0 + "\n" }.joined()
    }
}

extension Checkpoint: Hashable {
    /// Whether two checkpoints have the same bytes.
    public static func == (left: Checkpoint, right: Checkpoint) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Hashes the size and the root.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(size)
        hasher.combine(root)
    }
}

extension Checkpoint: CustomStringConvertible {
    /// Origin, size and root on one line, for operators.
    public var description: String { "\(origin) at size \(size), root \(root)" }
}
