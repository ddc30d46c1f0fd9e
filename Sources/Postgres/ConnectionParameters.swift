/// The keywords and values that libpq gets: our defaults first, the user's string over them, and last what this module
/// relies on. Where a keyword stands twice, libpq takes the later one.
struct ConnectionParameters {
    private(set) var keywords: [String] = []
    private(set) var values: [String] = []

    /// A dead network is noticed within a minute even where nothing is being sent. Milliseconds for the last.
    private static let defaults = [
        ("keepalives_idle", "30"),
        ("keepalives_interval", "10"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "30000"),
    ]

    /// - Throws: `.invalidConfiguration` if libpq cannot read the connection string.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        guard let options = ConnectionOptions(connectionString: configuration.connectionString) else {
            throw PostgresError(
                .invalidConfiguration,
                "the connection string for Postgres cannot be read, and is not shown because it may hold a password: "
                    + "check its spelling, and quote or percent-encode special characters"
            )
        }
        append("fallback_application_name", configuration.applicationName)
        // A service's file is read by libpq later; what stands there must win, so nothing is said before it.
        if options["service"] == nil {
            for (keyword, value) in Self.defaults where options[keyword] == nil {
                append(keyword, value)
            }
        }
        if let connectionString = configuration.connectionString, !connectionString.isEmpty {
            append("dbname", connectionString)
        }
        // Swift's strings are UTF-8, whatever PGCLIENTENCODING is.
        append("client_encoding", "UTF8")
    }

    private mutating func append(_ keyword: String, _ value: String) {
        keywords.append(keyword)
        values.append(value)
    }

    /// Calls `body` with the arrays, each ending in nil.
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
