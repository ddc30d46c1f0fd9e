/// Why there is no throwaway Postgres.
public struct ThrowawayPostgresError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error; there may be more of them in time.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The server's programs are not on this machine.
        public static let notInstalled = Code(description: "notInstalled")
        /// The programs run as root only by way of another user, and there is none.
        public static let noUser = Code(description: "noUser")
        /// The server did not start, or not again.
        public static let startFailed = Code(description: "startFailed")
        /// A database could not be made.
        public static let createFailed = Code(description: "createFailed")
        /// The server was stopped before.
        public static let stopped = Code(description: "stopped")
    }

    /// What kind of error this is.
    public let code: Code
    /// What happened and what to do.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
