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

    /// How many rows the statement inserted, changed, deleted, or returned.
    public var affectedRows: Int {
        handle.affectedRows
    }

    func column(_ name: String) -> Int32? {
        columns[name]
    }
}

extension PostgresResult: RandomAccessCollection {
    /// The first row, 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { Int(PQntuples(handle.pointer)) }

    /// One row.
    public subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "there is no such row")
        return PostgresRow(result: self, index: Int32(position))
    }
}

/// One row of a result.
public struct PostgresRow: Sendable {
    let result: PostgresResult
    let index: Int32

    /// Reads the value of a column.
    ///
    /// - Parameter column: the column's name in the statement; of several with one name, the last.
    /// - Parameter type: an optional one reads NULL as nil.
    /// - Throws: `.undecodable`, naming statement and column, if there is no such column, it holds another type, NULL
    ///   where the type is not optional, or a value that the type cannot hold.
    public func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard let number = result.column(column) else {
            throw failure(column, "there is no such column")
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
