import Foundation

/// Where the Integration API is, who is calling, and how long and how much a call may take.
public struct TalonOneConfiguration: Sendable {
    /// The checked address of the deployment: scheme, host and port, without a trailing slash.
    public let baseURL: String
    /// The credentials. Checked, so fixed once the configuration exists.
    public let authentication: Authentication
    /// Which generation of the profile, session and event calls is spoken.
    public var dialect: Dialect
    /// The time one call may take in all, from queueing for a connection to the last byte of the answer.
    public var deadline: Duration
    /// The largest answer that is read, in bytes. A longer one is cut off while it streams in, never buffered.
    public var bodyCap: Int
    /// What the older authentication scheme does about a request without a body.
    public var emptyBodySignature: EmptyBodySignature
    /// The version that the `User-Agent` names after `dsr/`.
    public var userAgentVersion: String

    /// Checks the address and the credentials.
    ///
    /// - Parameter baseURL: `https://host`, or `http://` to a loopback host; no path, query, fragment or user. One
    ///   trailing slash is tolerated.
    /// - Throws: ``TalonOneError/Code-swift.struct/invalidConfiguration``, whose description says what to change.
    public init(
        baseURL: String,
        authentication: Authentication,
        dialect: Dialect = .discover,
        deadline: Duration = .seconds(30),
        bodyCap: Int = 64 * 1024 * 1024,
        emptyBodySignature: EmptyBodySignature = .signEmpty,
        userAgentVersion: String = "development"
    ) throws(TalonOneError) {
        self.baseURL = try Self.checked(baseURL)
        if let flaw = authentication.flaw { throw .misconfigured(flaw) }
        guard deadline > .zero else { throw .misconfigured("The deadline of a call must be longer than nothing.") }
        guard bodyCap > 0 else { throw .misconfigured("The body cap must be at least one byte.") }
        guard userAgentVersion.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !userAgentVersion.isEmpty else {
            throw .misconfigured("The version in the User-Agent must be printable ASCII without spaces.")
        }
        self.authentication = authentication
        self.dialect = dialect
        self.deadline = deadline
        self.bodyCap = bodyCap
        self.emptyBodySignature = emptyBodySignature
        self.userAgentVersion = userAgentVersion
    }

    /// Which generation of the three calls that exist twice: profile, session and event.
    public enum Dialect: String, Sendable, CaseIterable {
        /// `/v1/…`, as in the first API revisions.
        case v1
        /// `/v2/…`, as in today's.
        case v2
        /// Tries version 1 and moves to version 2, call by call, once the deployment turns out not to have it.
        case discover
    }

    /// What the older scheme sends with a request that has no body; no source says what every deployment wants.
    public enum EmptyBodySignature: String, Sendable, CaseIterable {
        /// Signs zero bytes: the natural reading of the scheme.
        case signEmpty
        /// Sends no `Content-Signature`.
        case omit
        /// Sends `{}` with the deletion of customer data and signs that; signs zero bytes elsewhere.
        case emptyObject
    }
}

extension TalonOneConfiguration {
    private static func checked(_ text: String) throws(TalonOneError) -> String {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty
        else {
            throw .misconfigured("The base URL is not a URL; it looks like https://example.europe-west1.talon.one.")
        }
        guard parts.user == nil, parts.password == nil, !text.contains("@") else {
            throw .misconfigured("The base URL must not hold a user or a password; give the key by itself.")
        }
        guard parts.query == nil, parts.fragment == nil, parts.path.isEmpty || parts.path == "/" else {
            throw .misconfigured("The base URL must end after the host and port: no path, query or fragment.")
        }
        if let port = parts.port, !(1...65_535).contains(port) {
            throw .misconfigured("The port of the base URL must lie between 1 and 65535.")
        }
        switch scheme {
        case "https": break
        case "http" where isLoopback(host): break
        case "http":
            throw .misconfigured("The base URL must be https: plain http would show keys and customers to the network.")
        default:
            throw .misconfigured("The base URL must begin with https://.")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers.first == 127 && !numbers.contains(nil)
    }
}
