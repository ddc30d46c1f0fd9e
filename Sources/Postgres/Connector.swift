/// Opens sessions: tries each address of each host, each with a deadline of its own, until one is right.
///
/// libpq does this only in its blocking calls. Its polling calls have no timeout, so that the first host that does not
/// answer would be the last one that is tried.
/// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
struct Connector {
    let configuration: PostgresConfiguration
    /// The host to begin with.
    private var first = 0

    init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    /// Connects. The next call begins with the host after the one that was connected or given up on.
    ///
    /// - Throws: `.invalidConfiguration`, `.credentialsRefused`, `.connectionFailed`, or `.cancelled`.
    mutating func connect(_ interrupt: Interrupt) throws(PostgresError) -> Session {
        let options = try ConnectionOptions(connectionString: configuration.connectionString)
        let hosts = try HostList(options).hosts
        let end = ContinuousClock.now + max(configuration.connectPatience, configuration.connectTimeout)
        var attempt = ConnectionAttempt(configuration, options, interrupt, until: end)
        let start = first
        for requirement in Self.requirements(options["target_session_attrs"] ?? "any") {
            for offset in hosts.indices {
                let index = (start + offset) % hosts.count
                first = index + 1
                if let session = try attempt.connect(to: hosts[index], requirement) { return session }
            }
        }
        throw attempt.failure
    }

    /// The values of `target_session_attrs` to go through, one round of all hosts each.
    private static func requirements(_ attributes: String) -> [String] {
        attributes == "prefer-standby" ? ["standby", "any"] : [attributes]
    }
}
