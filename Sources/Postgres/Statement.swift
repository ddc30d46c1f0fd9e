/// One SQL statement with the name it goes by.
///
/// The name appears in errors and in the server's list of prepared statements; the SQL appears nowhere. A statement is
/// prepared at its first use on a physical connection and used under its name from then on.
public struct Statement: Sendable, Hashable {
    /// What the statement does, in a word or two; unique within a program.
    public let name: String
    /// Exactly one SQL statement, with `$1`, `$2`… where its parameters go.
    public let sql: String

    /// A statement, usually kept as a constant.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}
