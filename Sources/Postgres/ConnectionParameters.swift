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
        var values = options.values
        // A default of this program must not be read a second time from the service file.
        values["service"] = nil
        for (keyword, value) in defaults where values[keyword] == nil { values[keyword] = value }
        values["fallback_application_name"] = values["fallback_application_name"] ?? configuration.applicationName
        values["host"] = address.host
        values["hostaddr"] = address.numeric
        values["port"] = address.port
        values["target_session_attrs"] = session
        // The one address needs no balancing, and its time is measured here.
        values["load_balance_hosts"] = nil
        values["connect_timeout"] = nil
        // Swift strings are UTF-8, so this overrides PGCLIENTENCODING.
        values["client_encoding"] = "UTF8"
        return KeywordsAndValues(values.sorted { $0.key < $1.key })
    }
}

/// Two arrays of C strings, as libpq takes them.
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
