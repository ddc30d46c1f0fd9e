/// A SQL statement with its name.
///
/// The name appears in errors and in the server's list of prepared statements; the SQL does not appear in errors. A
/// statement is prepared at its first use on a physical connection, and reused under its name.
public struct Statement: Sendable, Hashable {
    /// What the statement does, in one or two words; unique within a program.
    public let name: String
    /// Exactly one SQL statement, with `$1`, `$2`… for its parameters.
    public let sql: String

    /// A statement, usually a constant.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}
