import CLibPQ

/// The rows that a statement returned, in order.
public struct PostgresResult: Sendable {
    let handle: ResultHandle
    let statement: String
    private let columns: [String: Int32]

    init(_ handle: ResultHandle, statement: String) {
        self.handle = handle
        self.statement = statement
        var columns: [String: Int32] = [:]
        for index in 0..<PQnfields(handle.pointer) {
            if let name = PQfname(handle.pointer, index) {
                columns[String(cString: name)] = index
            }
        }
        self.columns = columns
    }

    /// The number of rows that the statement inserted, updated, deleted, or returned.
    public var affectedRows: Int {
        handle.affectedRows
    }

    /// The number of a column.
    func column(_ name: String) -> Int32? {
        columns[name]
    }
}

extension PostgresResult: RandomAccessCollection {
    /// The index of the first row, 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { Int(PQntuples(handle.pointer)) }

    /// The row at an index.
    public subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "the row index is out of range")
        return PostgresRow(result: self, index: Int32(position))
    }
}

/// One row of a result.
public struct PostgresRow: Sendable {
    let result: PostgresResult
    let index: Int32

    /// Reads the value of a column.
    ///
    /// - Parameter column: the column's name in the statement; the last of several with the same name.
    /// - Parameter type: an optional type reads NULL as nil.
    /// - Throws: `.undecodable`, with the names of statement and column, if the column is missing, has another type, or
    ///   contains NULL or another value that `T` cannot represent.
    public func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard let number = result.column(column) else {
            throw failure(column, "the result has no column with this name")
        }
        do throws(DecodingFailure) {
            return try T.decode(cell(number))
        } catch {
            throw failure(column, error.description)
        }
    }

    private func cell(_ column: Int32) -> PostgresCell? {
        let pointer = result.handle.pointer
        if PQgetisnull(pointer, index, column) == 1 { return nil }
        return PostgresCell(
            type: PostgresType(rawValue: PQftype(pointer, column)),
            bytes: UnsafeRawBufferPointer(
                start: PQgetvalue(pointer, index, column),
                count: Int(PQgetlength(pointer, index, column))
            )
        )
    }

    private func failure(_ column: String, _ reason: String) -> PostgresError {
        var error = PostgresError(
            .undecodable,
            statement: result.statement,
            "statement \"\(result.statement)\", column \"\(column)\": \(reason)"
        )
        error.column = column
        return error
    }
}
