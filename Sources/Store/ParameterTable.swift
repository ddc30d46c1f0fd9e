import Postgres

/// Rows that a statement receives as one array per column.
///
/// One list of columns yields both sides: the text that reads the arrays, and the arrays in the same order.
struct ParameterTable<Row>: Sendable {
    /// One column: its name and SQL type in the statement, and its value of each row.
    struct Column: Sendable {
        fileprivate let name: String, type: String
        fileprivate let values: @Sendable ([Row]) -> any PostgresEncodable

        /// - Parameter type: The SQL type of one value.
        init<Value: PostgresEncodable>(_ name: String, _ type: String, _ value: @escaping @Sendable (Row) -> Value) {
            self.name = name
            self.type = type
            self.values = { rows in rows.map(value) }
        }
    }

    private let columns: [Column]
    /// The number of the first parameter that belongs to the table.
    private let first: Int

    /// A table whose columns are the parameters from `first` on.
    init(from first: Int, _ columns: [Column]) {
        self.columns = columns
        self.first = first
    }

    /// The number of the first parameter after the table.
    var next: Int { first + columns.count }

    /// The table as an item of a FROM clause, for example `unnest($2::bigint[], $3::int[]) as r (id, claim_no)`.
    ///
    /// - Parameter number: The name of a column with the number of each row, where one is needed.
    func source(_ alias: String, numbered number: String? = nil) -> String {
        let arrays = zip(first..., columns).map { number, column in "$\(number)::\(column.type)[]" }
        let names = columns.map(\.name) + (number.map { [$0] } ?? [])
        return """
            unnest(\(arrays.joined(separator: ", ")))\(number == nil ? "" : " with ordinality") \
            as \(alias) (\(names.joined(separator: ", ")))
            """
    }

    /// The table as a value: an array of a composite type of the schema whose columns are these, in their order.
    func array(of type: String) -> String {
        "array(select row(v.*)::\(type) from \(source("v")))"
    }

    /// The parameters for these rows.
    func parameters(_ rows: [Row]) -> [any PostgresEncodable] {
        columns.map { $0.values(rows) }
    }
}
