import Foundation

/// The configuration of a client: the deployment, the credentials, and the limits of one call.
public struct TalonOneConfiguration: Sendable {
    /// The validated address of the deployment: scheme, host and port, without a trailing slash.
    public let baseURL: String
    /// The validated credentials.
    public let authentication: Authentication
    /// The version of the profile, session and event operations to use.
    public var dialect: Dialect
    /// The timeout of one call, from waiting for a connection to the last byte of the answer.
    public var deadline: Duration
    /// The largest answer that is read, in bytes. A larger one is cut off while it streams in and is never buffered.
    public var bodyCap: Int
    /// How the older authentication scheme signs a request without a body.
    public var emptyBodySignature: EmptyBodySignature
    /// The version in the `User-Agent`, after `dsr/`.
    public var userAgentVersion: String

    /// Validates the address, the credentials and the limits.
    ///
    /// - Parameters:
    ///   - baseURL: `https://host`, or `http://` with a loopback host; no path, query, fragment or user. One trailing
    ///     slash is allowed.
    ///   - allowPlaintext: Allows `http://` with any host: keys and customers are then readable on the network.
    /// - Throws: ``TalonOneError/Code-swift.struct/invalidConfiguration``, whose description says what to change.
    public init(
        baseURL: String,
        authentication: Authentication,
        dialect: Dialect = .discover,
        deadline: Duration = .seconds(30),
        bodyCap: Int = 64 * 1024 * 1024,
        emptyBodySignature: EmptyBodySignature = .signEmpty,
        userAgentVersion: String = "development",
        allowPlaintext: Bool = false
    ) throws(TalonOneError) {
        self.baseURL = try Self.validated(baseURL, allowPlaintext: allowPlaintext)
        try authentication.validate()
        guard deadline > .zero else { throw .misconfigured("the timeout of a call must be greater than zero") }
        guard bodyCap > 0 else { throw .misconfigured("the maximum size of an answer must be at least 1 byte") }
        guard userAgentVersion.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !userAgentVersion.isEmpty else {
            throw .misconfigured("the version in the User-Agent must be printable ASCII without spaces")
        }
        self.authentication = authentication
        self.dialect = dialect
        self.deadline = deadline
        self.bodyCap = bodyCap
        self.emptyBodySignature = emptyBodySignature
        self.userAgentVersion = userAgentVersion
    }

    /// The host of the deployment in lower case and without a dot at its end, with its port where that is not the scheme's
    /// own.
    public var host: String { Self.host(of: baseURL) }

    /// Validates a base URL.
    ///
    /// - Returns: Its host, as in ``host``.
    /// - Throws: ``TalonOneError/Code-swift.struct/invalidConfiguration``.
    public static func host(ofBaseURL baseURL: String) throws(TalonOneError) -> String {
        host(of: try validated(baseURL, allowPlaintext: true))
    }

    /// Validates a base URL.
    ///
    /// - Parameter allowPlaintext: Allows `http://` with any host.
    /// - Throws: ``TalonOneError/Code-swift.struct/invalidConfiguration``, whose description says what to change.
    public static func validate(baseURL: String, allowPlaintext: Bool) throws(TalonOneError) {
        _ = try validated(baseURL, allowPlaintext: allowPlaintext)
    }

    private static func host(of validatedURL: String) -> String {
        guard let parts = URLComponents(string: validatedURL), var host = parts.host?.lowercased() else { return "" }
        // With the dot it is the same name, written as absolute.
        if host.hasSuffix(".") { host.removeLast() }
        let ownPort = parts.scheme?.lowercased() == "http" ? 80 : 443
        guard let port = parts.port, port != ownPort else { return host }
        return "\(host):\(port)"
    }

    /// The version of the three operations that exist in two versions: profile, session and event.
    public enum Dialect: String, Sendable, CaseIterable {
        /// `/v1/…`, as in the first API revisions.
        case v1
        /// `/v2/…`, as in the current API.
        case v2
        /// Tries version 1, and uses version 2 for each operation that the deployment lacks in version 1.
        case discover
    }

    /// How the older scheme signs a request without a body. No source says what every deployment expects.
    public enum EmptyBodySignature: String, Sendable, CaseIterable {
        /// Signs zero bytes, which is what the scheme's description suggests.
        case signEmpty
        /// Sends no `Content-Signature`.
        case omit
        /// Sends and signs `{}` with the deletion of customer data; signs zero bytes elsewhere.
        case emptyObject
    }
}

extension TalonOneConfiguration {
    /// Whether calls are encrypted.
    var usesTLS: Bool { baseURL.lowercased().hasPrefix("https:") }

    /// The host of the base URL in lower case, without the port; an IPv6 address without brackets.
    var hostName: String {
        LoopbackHost.withoutBrackets((URLComponents(string: baseURL)?.host ?? "").lowercased())
    }

    /// The port of the base URL.
    var port: Int { URLComponents(string: baseURL)?.port ?? (usesTLS ? 443 : 80) }

    private static func validated(_ text: String, allowPlaintext: Bool) throws(TalonOneError) -> String {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty
        else {
            throw .misconfigured(
                "the base URL is not a URL; expected a URL, for example https://example.europe-west1.talon.one"
            )
        }
        guard parts.user == nil, parts.password == nil, !text.contains("@") else {
            throw .misconfigured("the base URL must not contain a user or a password; set the key in its own setting")
        }
        guard parts.query == nil, parts.fragment == nil, parts.path.isEmpty || parts.path == "/" else {
            throw .misconfigured("the base URL must end after the host and port: no path, query or fragment")
        }
        if let port = parts.port, !(1...65_535).contains(port) {
            throw .misconfigured("the port of the base URL must be between 1 and 65535")
        }
        switch scheme {
        case "https": break
        case "http" where allowPlaintext || LoopbackHost.contains(host): break
        case "http":
            throw .misconfigured(
                "the base URL must begin with https://: plain http exposes keys and customers to the network; to do so "
                    + "nevertheless, set talonOne.allowPlaintext (TALON_ONE_ALLOW_PLAINTEXT) to true"
            )
        default:
            throw .misconfigured("the base URL must begin with https://")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
