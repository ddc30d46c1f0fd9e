/// An error in the data of a log: a malformed text, or a signature or proof that is invalid.
///
/// The description says in one sentence what is wrong and where. Of the input it repeats only numbers, and of names only
/// those of keys that the caller trusts, so it can be logged.
public struct EvidenceLogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of an error. Later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The text is not a signed note.
        public static let malformedNote = Code(description: "malformedNote")
        /// The text is not a key, or not a key name.
        public static let malformedKey = Code(description: "malformedKey")
        /// The text of a note is not a checkpoint.
        public static let malformedCheckpoint = Code(description: "malformedCheckpoint")
        /// The text is not a `tlog-proof`.
        public static let malformedProof = Code(description: "malformedProof")
        /// The coordinate or the content of a tile is invalid in every log.
        public static let malformedTile = Code(description: "malformedTile")
        /// An index or a size is negative, outside the tree, or too large.
        public static let outOfRange = Code(description: "outOfRange")
        /// A required tile is missing or too narrow.
        public static let missingTile = Code(description: "missingTile")
        /// A signature names a trusted key, but is not valid for it.
        public static let invalidSignature = Code(description: "invalidSignature")
        /// The signature of a required key is missing.
        public static let missingSignature = Code(description: "missingSignature")
        /// The checkpoint belongs to another log.
        public static let wrongOrigin = Code(description: "wrongOrigin")
        /// The proof does not show that the leaf is in the tree.
        public static let inclusionNotProven = Code(description: "inclusionNotProven")
        /// The proof does not show that the old tree is a prefix of the new tree.
        public static let consistencyNotProven = Code(description: "consistencyNotProven")
        /// The key has the wrong type or name for this purpose.
        public static let unsuitableKey = Code(description: "unsuitableKey")
        /// The platform's cryptography library failed to sign.
        public static let signingFailed = Code(description: "signingFailed")
    }

    /// The kind of error.
    public let code: Code
    /// The line of the text with the error, counted from 1.
    public let line: Int?
    /// The byte of the text at which the error starts, counted from 0.
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
