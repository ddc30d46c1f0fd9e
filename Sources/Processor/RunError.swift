public import Store

/// Why a run could not begin. Nothing was claimed.
public struct RunError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure. More may be added.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The database cannot be reached or does not answer.
        public static let databaseUnavailable = Code(name: "database unavailable")
        /// The database's schema is not the one of this version, or the role may not use it.
        public static let schema = Code(name: "schema")
        /// The API cannot be reached, or what answers is not the API.
        public static let apiUnavailable = Code(name: "API unavailable")
        /// A signal stopped it first.
        public static let stopped = Code(name: "stopped")
        /// The API or the database refuses the credentials.
        public static let credentialsRefused = Code(name: "credentials refused")
        /// A template is broken, a setting is impossible, or the database is not what dsr needs.
        public static let configuration = Code(name: "configuration")
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do; free of personal data.
    public let description: String
    /// What caused it, where there is more to it.
    public let cause: (any Error)?

    init(_ code: Code, _ description: String, cause: (any Error)? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    static let stopped = RunError(.stopped, "stopped by a signal before the run began; nothing was claimed")

    /// A failure of the database.
    public init(_ error: StoreError) {
        let code: Code =
            switch error.code {
            case .schema: .schema
            case .configuration, .deployment: .configuration
            case .credentials: .credentialsRefused
            default: .databaseUnavailable
            }
        self.init(code, error.description, cause: error)
    }
}
