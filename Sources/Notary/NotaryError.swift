import EvidenceLog
import Store

/// Why a head was not signed, or a proof not made.
public struct NotaryError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Sendable, Hashable {
        /// The log is not what was signed before. Nothing more is signed until a person has looked.
        case inconsistent
        /// The key cannot be read, or cannot sign.
        case key
        /// The database failed.
        case store
        /// A checkpoint file cannot be read or written.
        case file
        /// What was asked for is not there, or not yet under a signed head.
        case notThere
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence: what happened, and what to do.
    public let description: String

    /// A failure with its sentence.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: StoreError) {
        self.init(.store, error.description)
    }

    init(_ error: EvidenceLogError, while doing: String) {
        self.init(.inconsistent, "\(doing): \(error.description)")
    }
}
