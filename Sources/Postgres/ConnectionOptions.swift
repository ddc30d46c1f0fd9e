import CLibPQ

/// The options of a connection string and the environment, parsed by libpq.
///
/// Used for descriptions and warnings, and to find the keywords that have no value yet; a connection is made from the
/// string itself. Excludes the values of a service file, which libpq reads when it connects.
struct ConnectionOptions {
    private var values: [String: String] = [:]

    /// Parses a connection string; nil for the environment alone.
    ///
    /// - Returns: nil if libpq cannot parse the string.
    init?(connectionString: String?) {
        if let defaults = PQconndefaults() {
            take(defaults)
        }
        guard let connectionString, !connectionString.isEmpty else { return }
        guard Self.isConnectionInformation(connectionString) else {
            values["dbname"] = connectionString
            return
        }
        var message: UnsafeMutablePointer<CChar>?
        // The message is dropped: it may quote the string, and with it a password.
        defer { PQfreemem(message) }
        guard let options = PQconninfoParse(connectionString, &message) else { return nil }
        take(options)
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
}

extension ConnectionOptions {
    /// Whether libpq parses the text as options or a URI; it takes anything else for the name of a database.
    private static func isConnectionInformation(_ text: String) -> Bool {
        isURI(text) || text.contains("=")
    }

    private static func isURI(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Whether the host and database that libpq parses, and quotes in its messages, cannot contain a part of the
    /// password.
    ///
    /// In a URI, an `@`, `/`, `?` or `#` that is not percent-encoded ends the password early, and libpq takes the rest
    /// for a host or a database.
    static func isUnambiguous(_ text: String) -> Bool {
        guard isURI(text), let start = text.firstRange(of: "://") else { return true }
        let rest = text[start.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let ats = rest.count { $0 == "@" }
        return ats == 0 || (ats == 1 && authority.contains("@"))
    }
}
