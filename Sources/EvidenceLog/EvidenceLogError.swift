/// Why something about a log is not as it has to be: a text that cannot be read, a signature or proof that does not hold.
///
/// The description says in one sentence what is wrong and where. It quotes nothing from the input but numbers, and of
/// names only those of keys that the caller trusts, so that it may be logged.
public struct EvidenceLogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of an error; there may be more of them in time.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The text is not a signed note.
        public static let malformedNote = Code(description: "malformedNote")
        /// The text is not a key, or not the name of one.
        public static let malformedKey = Code(description: "malformedKey")
        /// The text of a note is not a checkpoint.
        public static let malformedCheckpoint = Code(description: "malformedCheckpoint")
        /// The text is not a `tlog-proof`.
        public static let malformedProof = Code(description: "malformedProof")
        /// The address or the content of a tile is not one that any log has.
        public static let malformedTile = Code(description: "malformedTile")
        /// An index or a size is negative, or lies outside the tree, or is more than can be counted.
        public static let outOfRange = Code(description: "outOfRange")
        /// A tile that is needed was not given, or is too narrow.
        public static let missingTile = Code(description: "missingTile")
        /// A trusted key is named as the signer, and did not sign this.
        public static let invalidSignature = Code(description: "invalidSignature")
        /// No trusted key, or not the one that has to, signed this.
        public static let missingSignature = Code(description: "missingSignature")
        /// The checkpoint belongs to another log.
        public static let wrongOrigin = Code(description: "wrongOrigin")
        /// The proof does not show that the leaf is in the tree.
        public static let inclusionNotProven = Code(description: "inclusionNotProven")
        /// The proof does not show that the old tree is the beginning of the new one.
        public static let consistencyNotProven = Code(description: "consistencyNotProven")
        /// The key is of a kind that may not be used for this.
        public static let unsuitableKey = Code(description: "unsuitableKey")
        /// The platform's cryptography refused to sign.
        public static let signingFailed = Code(description: "signingFailed")
    }

    /// What kind of error this is.
    public let code: Code
    /// The line of the text that is wrong, counted from 1.
    public let line: Int?
    /// The byte of the text where the wrong part begins, counted from 0.
    public let offset: Int?
    /// What is wrong, and where.
    public let description: String

    init(_ code: Code, line: Int? = nil, offset: Int? = nil, _ problem: String) {
        self.code = code
        self.line = line
        self.offset = offset
        var place: [String] = []
        if let line { place.append("line \(line)") }
        if let offset { place.append("byte \(offset)") }
        description = place.isEmpty ? problem : place.joined(separator: ", ") + ": " + problem
    }

    init(_ code: Code, _ line: Line, _ problem: String) {
        self.init(code, line: line.number, offset: line.offset, problem)
    }
}
