public import Store

/// Why a run could not be: nothing was claimed.
public struct RunError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Sendable, Hashable {
        /// The database cannot be reached or does not answer.
        case databaseUnavailable
        /// The schema is not this version's.
        case schema
        /// The API cannot be reached, or what answers is not the API.
        case apiUnavailable
        /// The API refuses the credentials.
        case credentialsRefused
        /// The documents' templates are broken, or a setting is impossible.
        case configuration
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence: what happened, and what to do.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// A failure of the database.
    public init(_ error: StoreError) {
        self.init(error.code == .schema ? .schema : .databaseUnavailable, error.description)
    }
}
