import CLibPQ

/// The options of a connection: the connection string, the service file, the environment and the defaults, in libpq's
/// own order of precedence.
struct ConnectionOptions {
    private(set) var values: [String: String] = [:]

    /// Reads the options as libpq does.
    ///
    /// - Parameter connectionString: nil or empty for the environment alone.
    /// - Throws: `.invalidConfiguration`.
    init(connectionString: String?) throws(PostgresError) {
        let string = connectionString ?? ""
        if !string.isEmpty { try ConnectionString.validate(string) }
        // libpq reads a service file only when it connects. It stops before the first host because of this value, which
        // is not one, and then tells what it has read. A password file is not looked for yet.
        let stop = ("gssencmode", "none of libpq's")
        let parameters = KeywordsAndValues([("dbname", string), ("passfile", "/dev/null/none"), stop])
        guard let connection = parameters.withPointers({ PQconnectStartParams($0, $1, 1) }) else {
            throw PostgresError(.connectionFailed, "cannot connect to Postgres: out of memory")
        }
        defer { PQfinish(connection) }
        if let options = PQconninfo(connection) { take(options) }
        guard values[stop.0] == stop.1 else {
            // The string is valid, so the message can only be about the service and its file.
            let reason = String(cString: PQerrorMessage(connection)).oneLine
                // The name is a part of the connection string.
                .replacing(/service ".*" not found/, with: "service not found")
            throw PostgresError(.invalidConfiguration, "the Postgres connection is not configured correctly: \(reason)")
        }
        values[stop.0] = nil
        values["passfile"] = nil
        try validate()
    }

    /// The value of a keyword, for example `host`.
    subscript(keyword: String) -> String? {
        values[keyword]
    }

    /// The server without the password: `host=db.example.com port=5432 dbname=app user=dsr`.
    var summary: String {
        let host = values["host"] ?? values["hostaddr"] ?? "(local socket)"
        let user = values["user"] ?? "?"
        var parts = ["host=\(host)", "port=\(values["port"] ?? "5432")"]
        parts += ["dbname=\(values["dbname"] ?? user)", "user=\(user)"]
        if let service = values["service"] { parts.append("service=\(service)") }
        return parts.joined(separator: " ")
    }

    /// The first host on another machine; nil if all hosts are sockets or loopback addresses.
    var remoteHost: String? {
        let hosts = values["hostaddr"] ?? values["host"] ?? ""
        return hosts.split(separator: ",").map(String.init).first { host in
            let isSocket = host.hasPrefix("/") || host.hasPrefix("@")
            let isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
            return !isSocket && !isLoopback
        }
    }

    /// The text without the password, should the server or libpq repeat it.
    func redacting(_ text: String) -> String {
        guard let password = values["password"], password.count > 2 else { return text }
        let isPublic = ["host", "hostaddr", "port", "dbname", "user"].contains { values[$0] == password }
        return isPublic ? text : text.replacing(password, with: "(password)")
    }

    private mutating func take(_ options: UnsafeMutablePointer<PQconninfoOption>) {
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value.pointee != 0 {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
    }

    /// Checks the values from all sources: what a message of libpq or the server would repeat must not be a URI, or a
    /// misplaced part of one.
    private func validate() throws(PostgresError) {
        for (keyword, value) in values where !["password", "sslpassword"].contains(keyword) {
            guard !ConnectionString.containsURI(value) else {
                throw ConnectionString.invalid("\(keyword) is a URI. \(ConnectionString.notAURI.capitalizedFirst)")
            }
        }
        for keyword in ["host", "hostaddr", "port", "dbname", "user"] {
            guard let value = values[keyword] else { continue }
            guard !ConnectionString.containsPairs(value), !value.hasSuffix(","), !value.hasSuffix(";") else {
                throw ConnectionString.invalid(
                    "\(keyword) contains further keywords and values; separate them by blanks, and not by ; , or &"
                )
            }
        }
        try validateNames()
        guard !(values["host"] ?? "").split(separator: ",").contains(where: { $0.contains("@") && !$0.hasPrefix("@") })
        else {
            throw ConnectionString.invalid("host contains an @; give user and password in keywords of their own")
        }
        for port in (values["port"] ?? "").split(separator: ",") {
            guard let number = Int(port), (1...65_535).contains(number) else {
                throw ConnectionString.invalid("a port is not a number from 1 to 65535")
            }
        }
        for keyword in Self.numbers {
            guard values[keyword].map({ Int($0) != nil }) ?? true else {
                throw ConnectionString.invalid("\(keyword) must be a whole number")
            }
        }
        guard values["replication"] == nil else {
            throw ConnectionString.invalid("replication is not supported; remove it")
        }
    }

    private static let numbers = [
        "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "tcp_user_timeout",
    ]

    /// Checks what libpq sends to a name server or to the server, whose messages and log then show it.
    private func validateNames() throws(PostgresError) {
        guard values["user"]?.contains(":") != true else {
            throw ConnectionString.invalid("user contains a colon; give the password in a keyword of its own")
        }
        guard values["dbname"]?.contains("@") != true else {
            throw ConnectionString.invalid(
                "dbname contains an @; give user, password and host in keywords of their own"
            )
        }
        for host in (values["host"] ?? "").split(separator: ",") {
            guard !host.contains(where: \.isWhitespace), !host.utf8.contains(where: { $0 < 0x20 }) else {
                throw ConnectionString.invalid("host contains a blank or a control character")
            }
            // The part of a password may be in the place of the host, as after a forgotten @.
            let isName = host.wholeMatch(of: /[A-Za-z0-9._:-]+(%[A-Za-z0-9._-]+)?/) != nil
            guard isName || host.hasPrefix("/") || host.hasPrefix("@") else {
                throw ConnectionString.invalid("host contains a character that no name of a host has")
            }
        }
        for address in (values["hostaddr"] ?? "").split(separator: ",") {
            guard NameLookup.isNumeric(String(address)) else {
                throw ConnectionString.invalid("hostaddr is not an IP address; give a name in host")
            }
        }
    }
}

extension String {
    /// The text on one line, its lines as sentences.
    var oneLine: String {
        split(separator: "\n")
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .joined(separator: ". ")
            .replacing("?. ", with: "? ")
    }

    var capitalizedFirst: String {
        prefix(1).uppercased() + dropFirst()
    }
}
