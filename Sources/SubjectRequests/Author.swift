/// The run or operator that an entry of the evidence log names as its author.
public enum Author: Sendable, Hashable {
    /// A run; its row holds the facts about it.
    case run(Int64)
    /// An operator who uses a command.
    case `operator`(Operator)

    /// An operator, as the evidence log names them.
    public struct Operator: Sendable, Hashable {
        /// The login name.
        public let name: String
        /// The environment the operator works on.
        public let environment: Environment
        /// dsr's version.
        public let version: String

        /// An operator who uses this version of dsr on that environment.
        public init(name: String, environment: Environment, version: String) {
            self.name = name
            self.environment = environment
            self.version = version
        }
    }
}
