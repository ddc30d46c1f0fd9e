import CLibPQ

/// What a connection string and the environment say together, read by libpq itself.
///
/// Only for showing, warning, and knowing which defaults are free: connecting hands the string itself to libpq. The
/// values of a service that the string names are not among these; libpq reads them when it connects.
struct ConnectionOptions {
    private var values: [String: String] = [:]

    /// - Returns: nil if libpq cannot read the string.
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

    subscript(keyword: String) -> String? {
        values[keyword]
    }

    /// For example `host=db.example.com port=5432 dbname=app user=dsr`.
    var summary: String {
        let host = values["host"] ?? values["hostaddr"] ?? "(local socket)"
        let user = values["user"] ?? "?"
        var parts = ["host=\(host)", "port=\(values["port"] ?? "5432")"]
        parts += ["dbname=\(values["dbname"] ?? user)", "user=\(user)"]
        if let service = values["service"] { parts.append("service=\(service)") }
        return parts.joined(separator: " ")
    }

    /// The first host that is reached over a network; nil if all are sockets or this machine.
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
    /// libpq's own rule; anything else is the name of a database.
    private static func isConnectionInformation(_ text: String) -> Bool {
        isURI(text) || text.contains("=")
    }

    private static func isURI(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Whether libpq's idea of the host, which its messages quote, can be trusted to hold no password.
    ///
    /// In a URI, a password with an `@`, `/`, `?` or `#` that is not percent-encoded ends early, and its rest is taken
    /// for a host or a database.
    static func isUnambiguous(_ text: String) -> Bool {
        guard isURI(text), let start = text.firstRange(of: "://") else { return true }
        let rest = text[start.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let ats = rest.count { $0 == "@" }
        return ats == 0 || (ats == 1 && authority.contains("@"))
    }
}
