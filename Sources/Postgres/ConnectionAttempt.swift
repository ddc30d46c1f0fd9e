/// One attempt to open a session: all addresses that were tried for it, and what each of them said.
struct ConnectionAttempt {
    private let configuration: PostgresConfiguration
    private let options: ConnectionOptions
    private let interrupt: Interrupt
    /// When the attempt ends where `connect_timeout=0` sets no deadline.
    private let end: ContinuousClock.Instant
    private var reasons: [String] = []
    private var sqlState: String?

    init(
        _ configuration: PostgresConfiguration,
        _ options: ConnectionOptions,
        _ interrupt: Interrupt,
        until end: ContinuousClock.Instant
    ) {
        self.configuration = configuration
        self.options = options
        self.interrupt = interrupt
        self.end = end
    }

    /// Tries the addresses of a host.
    ///
    /// - Returns: nil if none of them can be used; `failure` says why.
    /// - Throws: what another host cannot change either: `.invalidConfiguration`, `.credentialsRefused`, `.cancelled`.
    mutating func connect(to host: ServerAddress, _ requirement: String) throws(PostgresError) -> Session? {
        for address in try addresses(of: host) {
            let parameters = ConnectionParameters.parameters(configuration, options, address, session: requirement)
            do throws(PostgresError) {
                return try Session.connect(parameters, configuration, Call("connecting", limit: limit), interrupt)
            } catch {
                try note(error)
            }
        }
        return nil
    }

    /// What all addresses said.
    var failure: PostgresError {
        error(.connectionFailed, reasons)
    }

    /// How long one address may take: the user's `connect_timeout`, where 0 means no limit, or the default.
    private var limit: Duration {
        guard let seconds = options["connect_timeout"].flatMap({ Int($0) }) else { return configuration.connectTimeout }
        // libpq takes 1 for 2 as well: the clock may be about to pass a second.
        return seconds <= 0 ? max(.zero, end - .now) : .seconds(max(2, seconds))
    }

    private mutating func note(_ error: PostgresError) throws(PostgresError) {
        guard error.code != .cancelled else { throw error }
        let reason = options.redacting(error.description)
        guard error.code == .connectionFailed else {
            throw self.error(error.code, [reason], error)
        }
        if !reasons.contains(reason) { reasons.append(reason) }
        sqlState = error.sqlState ?? sqlState
    }

    private func error(
        _ code: PostgresError.Code,
        _ reasons: [String],
        _ cause: PostgresError? = nil
    ) -> PostgresError {
        let advice = "Check the connection string or the PG* environment variables."
        let sentences = reasons.map { ".?!".contains($0.last ?? " ") ? $0 : $0 + "." } + [advice]
        var error = PostgresError(code, "cannot connect to Postgres: \(sentences.joined(separator: " "))")
        error.sqlState = cause?.sqlState ?? sqlState
        return error
    }
}

// MARK: - Names

extension ConnectionAttempt {
    private mutating func addresses(of host: ServerAddress) throws(PostgresError) -> [ServerAddress] {
        guard host.numeric == nil, let name = host.host, !name.hasPrefix("/"), !name.hasPrefix("@"),
            !NameLookup.isNumeric(name)
        else { return [host] }
        let lookup = NameLookup(name, waking: interrupt)
        let call = Call("looking up a host", limit: limit)
        while true {
            switch lookup.finished {
            case .success(let addresses):
                return addresses.map { ServerAddress(host: name, numeric: $0, port: host.port) }
            case .failure(let failure):
                reasons.append("the host \"\(name)\" cannot be found: \(failure.reason)")
                return []
            case nil: break
            }
            switch call.reasonToStop(interrupt) {
            case .some(.cancelled): throw PostgresError(.cancelled, "connecting to Postgres was cancelled")
            case .some:
                reasons.append("the host \"\(name)\" cannot be found: no answer within \(call.limit)")
                return []
            case nil: _ = interrupt.wait(socket: -1, events: 0, atMost: call.patience)
            }
        }
    }
}
