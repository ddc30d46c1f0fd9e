import CLibPQ
import Foundation

extension Session {
    /// Connects to one address, and makes the session independent of the settings of role, database and pool.
    ///
    /// - Throws: `.connectionFailed` if another address may do better, `.credentialsRefused`, `.invalidConfiguration`, or
    ///   `.cancelled`, with a description that says only what happened.
    static func connect(
        _ parameters: KeywordsAndValues,
        _ configuration: PostgresConfiguration,
        _ call: Call,
        _ interrupt: Interrupt
    ) throws(PostgresError) -> Session {
        let session = try open(parameters, call, interrupt)
        let isPooled = try session.isPooledByTransaction(call) { call throws(PostgresError) in
            try open(parameters, call, interrupt)
        }
        guard !isPooled else { throw PostgresError(.invalidConfiguration, PostgresError.isPooledByTransaction) }
        do throws(PostgresError) {
            try session.pinSettings(
                searchPath: configuration.searchPath,
                lockTimeout: configuration.lockTimeout,
                call
            )
        } catch {
            guard error.code != .cancelled else { throw error }
            throw PostgresError(.connectionFailed, "the session could not be set up: \(error.description)")
        }
        return session
    }

    private static func open(
        _ parameters: KeywordsAndValues,
        _ call: Call,
        _ interrupt: Interrupt
    ) throws(PostgresError) -> Session {
        guard let connection = parameters.withPointers({ PQconnectStartParams($0, $1, 1) }) else {
            throw PostgresError(.connectionFailed, "out of memory")
        }
        let session = Session(connection, interrupt: interrupt)
        // By default libpq prints notices, which may contain data, to standard error.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        // Messages of the server then begin with the SQLSTATE.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)

        guard PQstatus(connection) != CONNECTION_BAD else { throw session.failure() }
        // libpq requires to begin as if PQconnectPoll had asked to write. The socket can change with every call.
        var events = POLLOUT
        while true {
            try session.waitToConnect(for: events, call)
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_READING: events = POLLIN
            case PGRES_POLLING_WRITING: events = POLLOUT
            case PGRES_POLLING_OK:
                PQsetnonblocking(connection, 1)
                return session
            default: throw session.failure()
            }
        }
    }

    /// The server without the password.
    var endpoint: String {
        let parts = [
            ("host", PQhost(connection)), ("port", PQport(connection)),
            ("dbname", PQdb(connection)), ("user", PQuser(connection)),
        ]
        return parts.map { "\($0)=\($1.map { String(cString: $0) } ?? "?")" }.joined(separator: " ")
    }

    /// The server's version, for example 150018 for 15.18.
    var serverVersion: Int {
        Int(PQserverVersion(connection))
    }

    /// A setting that the server reports on its own, for example `server_encoding`.
    func reported(_ setting: String) -> String? {
        PQparameterStatus(connection, setting).map { String(cString: $0) }
    }

    private func waitToConnect(for events: Int32, _ call: Call) throws(PostgresError) {
        while true {
            switch call.reasonToStop(interrupt) {
            case .some(.cancelled):
                throw PostgresError(.cancelled, "connecting to Postgres was cancelled")
            case .some:
                let address = [PQhost(connection), PQhostaddr(connection)]
                    .compactMap { $0.map { String(cString: $0) } }.filter { !$0.isEmpty }
                let port = PQport(connection).map { String(cString: $0) } ?? "?"
                throw PostgresError(
                    .connectionFailed,
                    "connection to server at \"\(address.first ?? "?")\""
                        + (address.count > 1 && address[0] != address[1] ? " (\(address[1]))" : "")
                        + ", port \(port) failed: no answer within \(call.limit). "
                        + "Check the host, the port, and the firewalls in between."
                )
            case nil:
                if interrupt.wait(socket: PQsocket(connection), events: events, atMost: call.patience) != 0 { return }
            }
        }
    }

    /// The error with libpq's message on one line, which names host, port, database and user, but not the password.
    private func failure() -> PostgresError {
        let message = ConnectionMessage(String(cString: PQerrorMessage(connection)))
        let code: PostgresError.Code =
            if PQconnectionNeedsPassword(connection) == 1 { .credentialsRefused } else { message.code }
        var error = PostgresError(code, message.text)
        error.sqlState = message.sqlState
        return error
    }
}

/// What libpq says about a failure to connect.
struct ConnectionMessage {
    /// The message on one line.
    let text: String
    /// The server's reason, if the failure is the server's.
    let sqlState: String?

    /// Reads a message of verbosity `PQERRORS_VERBOSE`.
    init(_ message: String) {
        let lines = message.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }.joined(separator: "\n")
        let state = lines.firstMatch(of: #/: {2}([0-9A-Z]{5}): /#)
        sqlState = state.map { String($0.1) }
        // libpq's advice is to switch the verification off.
        text = (state.map { lines.replacing($0.0, with: ": ") } ?? lines).oneLine
            // The value may be anything that was put into the wrong place of a connection string.
            .replacing(/invalid ([a-z_]+) value: ".*"/) { "invalid value of \($0.1)" }
            .replacing(/(invalid value for parameter "[A-Za-z0-9_.]+"): .*/) { String($0.1) }
            .replacing(/(invalid command-line argument for server process): .*/) { String($0.1) }
            .replacing(
                /Either provide the file.* server certificate verification\.?/,
                with:
                    "Set sslrootcert to a file with the authority's certificate, for example /etc/ssl/certs/ca-certificates.crt."
            )
    }

    /// The kind of failure. Other hosts and later attempts cannot change that the role, the password, the database or a
    /// setting is wrong.
    var code: PostgresError.Code {
        guard let sqlState else { return isAboutSettings ? .invalidConfiguration : .connectionFailed }
        if sqlState.hasPrefix("28") { return .credentialsRefused }
        let isWrong = sqlState == "3D000" || sqlState.hasPrefix("22") || sqlState.hasPrefix("42")
        return isWrong ? .invalidConfiguration : .connectionFailed
    }

    /// Whether libpq did not accept a setting, such as `invalid sslmode value: "x"`, or did not find a file that one names.
    private var isAboutSettings: Bool {
        text.contains(/invalid value of [a-z_]+/)
            || text.contains(
                /(certificate|private key|certificate revocation list) file ".*" (does not exist|has group)/
            )
            || text.contains(/could not (open|read|load).* (certificate|private key) file/)
    }
}
