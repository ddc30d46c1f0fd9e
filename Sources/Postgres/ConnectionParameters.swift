/// The keywords and values for one attempt to connect: what the user set, and the one address to try.
struct ConnectionParameters {
    /// Detect a dead network within a minute even while nothing is sent. `tcp_user_timeout` is in milliseconds.
    private static let defaults = [
        "keepalives_idle": "30",
        "keepalives_interval": "10",
        "keepalives_count": "3",
        "tcp_user_timeout": "30000",
    ]

    /// The parameters of an attempt.
    ///
    /// - Parameters:
    ///   - session: the value of `target_session_attrs`, which libpq then checks for this address alone.
    static func parameters(
        _ configuration: PostgresConfiguration,
        _ options: ConnectionOptions,
        _ address: ServerAddress,
        session: String
    ) -> KeywordsAndValues {
        var pairs = [("fallback_application_name", configuration.applicationName)]
        pairs += defaults.filter { options[$0.key] == nil }.map { ($0.key, $0.value) }
        // Everything that the user set, password files and certificates included. A later value overrides it.
        pairs.append(("dbname", configuration.connectionString ?? ""))
        pairs += [
            ("host", address.host ?? ""), ("hostaddr", address.numeric ?? ""), ("port", address.port ?? "5432"),
            ("target_session_attrs", session),
        ]
        // Swift strings are UTF-8, so this overrides PGCLIENTENCODING.
        pairs.append(("client_encoding", "UTF8"))
        return KeywordsAndValues(pairs)
    }
}

/// Two arrays of C strings, as libpq takes them. It ignores empty values, and the later of two overrides the other.
struct KeywordsAndValues {
    private let keywords: [String]
    private let values: [String]

    init(_ pairs: [(key: String, value: String)]) {
        keywords = pairs.map(\.key)
        values = pairs.map(\.value)
    }

    /// Calls `body` with the arrays, each terminated by nil.
    func withPointers<R>(
        _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> R
    ) -> R {
        Self.withArray(of: keywords) { keywords in
            Self.withArray(of: values) { values in body(keywords, values) }
        }
    }

    private static func withArray<R>(of strings: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
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
