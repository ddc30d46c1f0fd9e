import CLibPQ

/// The text of a connection string, validated before libpq reads it.
///
/// libpq takes what it cannot parse for the name of a database or a host, and sends it to the server or a name server:
/// a password in it would be in their logs. No sentence here shows a part of the text.
enum ConnectionString {
    /// Checks that libpq reads the text as it was meant.
    ///
    /// - Throws: `.invalidConfiguration`.
    static func validate(_ text: String) throws(PostgresError) {
        if isURI(text) {
            try validate(uri: text)
        } else if text.contains("://") {
            try validate(pairs: text, orThrow: notAURI)
        } else if text.contains("=") {
            try validate(pairs: text, orThrow: unreadable)
        } else {
            throw invalid(
                "expected postgresql://user@host/database, or keywords and values such as host=db.example.com dbname=app"
            )
        }
    }

    /// Whether a text is a URI inside what is not one: another scheme, or quotes, blanks or a command around it.
    static func containsURI(_ text: String) -> Bool {
        text.contains("://")
    }

    /// Whether a value is a list of keywords and values of another notation, as of ADO.NET, ODBC or JDBC: libpq takes it for
    /// one name and shows it.
    static func containsPairs(_ text: String) -> Bool {
        text.contains("=") && text.contains(/[;&?]/) || text.contains(/pass(word|wd)?\s*=/.ignoresCase())
    }

    static let notAURI =
        "a URI must begin with postgresql:// or postgres://, in lower case; remove quotes, blanks, commands and "
        + "drivers such as +psycopg"
    private static let unreadable = "check its spelling, and quote or percent-encode special characters"

    static func invalid(_ advice: String) -> PostgresError {
        PostgresError(
            .invalidConfiguration,
            "the Postgres connection string is invalid; it is not shown because it may contain a password: \(advice)"
        )
    }

    private static func isURI(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    private static func validate(uri: String) throws(PostgresError) {
        guard !uri.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 }) else {
            throw invalid("a URI contains no blanks or line breaks; percent-encode them, for example %20")
        }
        // libpq ends the user and the password at the first @ before the first /. If there are others, it takes a part
        // of the password for a host or a database.
        let rest = uri[(uri.firstRange(of: "://")?.upperBound ?? uri.startIndex)...]
        let ats = rest.count { $0 == "@" }
        guard ats == 0 || (ats == 1 && rest.prefix { $0 != "/" }.contains("@")) else {
            throw invalid(
                "only one @ is allowed, between password and host; in a user or password, percent-encode "
                    + "@, / and ? as %40, %2F and %3F"
            )
        }
        var message: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(message) }
        if let options = PQconninfoParse(uri, &message) {
            PQconninfoFree(options)
            return
        }
        // The only message of libpq that is safe to use: the name of a parameter after the ? of an unambiguous URI.
        if let message, let name = String(cString: message).firstMatch(of: /URI query parameter: "([A-Za-z_]{1,40})"/) {
            throw invalid("libpq does not know its parameter \"\(name.1)\"; remove it")
        }
        throw invalid(unreadable)
    }

    private static func validate(pairs: String, orThrow advice: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        // The message is dropped: it may quote a part of a password.
        defer { PQfreemem(message) }
        guard !pairs.utf8.contains(0), let options = PQconninfoParse(pairs, &message) else { throw invalid(advice) }
        PQconninfoFree(options)
    }
}
