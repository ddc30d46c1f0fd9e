/// An error of a throwaway Postgres.
public struct ThrowawayPostgresError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error. Later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The server programs are not installed.
        public static let notInstalled = Code(description: "notInstalled")
        /// The process runs as root, and there is no other user to run the server.
        public static let noUser = Code(description: "noUser")
        /// The server did not start or restart.
        public static let startFailed = Code(description: "startFailed")
        /// A database could not be created.
        public static let createFailed = Code(description: "createFailed")
        /// The server has stopped.
        public static let stopped = Code(description: "stopped")
    }

    /// The kind of error.
    public let code: Code
    /// What happened and what to do, with the end of the server's log if it failed.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
