/// An environment of Talon.One on one API host. A queue belongs to one of them.
public struct Deployment: Sendable, Hashable, CustomStringConvertible {
    /// The environment.
    public let environment: Environment
    /// The host of the API's base URL, with its port where that is not the scheme's own.
    public let host: String

    /// A deployment.
    public init(environment: Environment, host: String) {
        self.environment = environment
        self.host = host
    }

    /// `live at example.europe-west1.talon.one`.
    public var description: String { "\(environment.rawValue) at \(host)" }
}
