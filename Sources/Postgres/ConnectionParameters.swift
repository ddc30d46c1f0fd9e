/// The keywords and values for libpq: the defaults, then the user's connection string, then what this module requires.
/// If a keyword occurs twice, libpq uses the later value.
struct ConnectionParameters {
    private(set) var keywords: [String] = []
    private(set) var values: [String] = []

    /// Detect a dead network within a minute even while nothing is sent. `tcp_user_timeout` is in milliseconds.
    private static let defaults = [
        ("keepalives_idle", "30"),
        ("keepalives_interval", "10"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "30000"),
    ]

    /// Collects the parameters.
    ///
    /// - Throws: `.invalidConfiguration` if libpq cannot parse the connection string.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        guard let options = ConnectionOptions(connectionString: configuration.connectionString) else {
            throw PostgresError(
                .invalidConfiguration,
                "the Postgres connection string is invalid; it is not shown because it may contain a password. "
                    + "Check its spelling, and quote or percent-encode special characters"
            )
        }
        append("fallback_application_name", configuration.applicationName)
        // libpq reads a service file later. Its values must override the defaults, so no defaults are set then.
        if options["service"] == nil {
            for (keyword, value) in Self.defaults where options[keyword] == nil {
                append(keyword, value)
            }
        }
        if let connectionString = configuration.connectionString, !connectionString.isEmpty {
            append("dbname", connectionString)
        }
        // Swift strings are UTF-8, so this overrides PGCLIENTENCODING.
        append("client_encoding", "UTF8")
    }

    private mutating func append(_ keyword: String, _ value: String) {
        keywords.append(keyword)
        values.append(value)
    }

    /// Calls `body` with the arrays, each terminated by nil.
    func withPointers<R>(
        _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> R
    ) -> R {
        withArray(of: keywords) { keywords in
            withArray(of: values) { values in body(keywords, values) }
        }
    }

    private func withArray<R>(of strings: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        let bytes = strings.flatMap { Array($0.utf8CString) }
        return bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            var pointers: [UnsafePointer<CChar>?] = strings.map { string in
                defer { start += string.utf8.count + 1 }
                return buffer.baseAddress?.advanced(by: start)
            }
            pointers.append(nil)
            return body(pointers)
        }
    }
}
