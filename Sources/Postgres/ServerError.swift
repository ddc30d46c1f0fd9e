import CLibPQ

/// The parts of a server's error that contain no data.
struct ServerError {
    let sqlState: String
    let constraint: String?
    let table: String?
    let column: String?
    /// The primary message if it cannot contain data, otherwise the condition's name.
    let reason: String

    init?(_ result: ResultHandle) {
        guard let sqlState = result.field(DSR_DIAG_SQLSTATE) else { return nil }
        self.sqlState = sqlState
        constraint = result.field(DSR_DIAG_CONSTRAINT_NAME)
        table = result.field(DSR_DIAG_TABLE_NAME)
        column = result.field(DSR_DIAG_COLUMN_NAME)
        let message = Self.mayShowMessage(
            sqlState: sqlState,
            hasPosition: result.field(DSR_DIAG_STATEMENT_POSITION) != nil,
            function: result.field(DSR_DIAG_SOURCE_FUNCTION)
        )
        reason = (message ? result.field(DSR_DIAG_MESSAGE_PRIMARY) : nil) ?? ConditionName.of(sqlState)
    }

    /// Whether the primary message can be shown.
    ///
    /// It can be if it is about the server, its catalogue, or the text of a statement, which contains no values. It
    /// cannot for data exceptions (22) and violated constraints (23), nor for errors raised by functions, which may use
    /// any SQLSTATE.
    static func mayShowMessage(sqlState: String, hasPosition: Bool, function: String?) -> Bool {
        if function == "exec_stmt_raise" { return false }
        // Parsers of values (tsquery, jsonpath, names) report syntax errors too, but without a position in the statement.
        if sqlState == "42601" || sqlState == "42602" { return hasPosition }
        return ["08", "0A", "25", "26", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "F0", "XX"]
            .contains(sqlState.prefix(2))
    }

    /// The reason with SQLSTATE and names: `unique_violation (23505), table "t", constraint "t_pkey"`.
    var description: String {
        var text = "\(reason) (\(sqlState))"
        if let table { text += ", table \"\(table)\"" }
        if let column { text += ", column \"\(column)\"" }
        if let constraint { text += ", constraint \"\(constraint)\"" }
        return text
    }
}

extension PostgresError {
    /// The error of a call that ended with `failure`.
    init(_ failure: ServerError, during call: Call) {
        // 57014 covers this client's cancel request, those of others, and the server's statement_timeout.
        let code: Code = failure.sqlState == "57014" ? call.abandonment?.reason ?? .cancelled : .server
        let text =
            switch code {
            case .timedOut: "\(call.subject) took longer than \(call.limit) and was stopped"
            case .cancelled where call.abandonment != nil: "\(call.subject) was cancelled"
            default: "\(call.subject) failed: \(failure.description)"
            }
        self.init(code, statement: call.statement, text)
        take(failure)
    }

    mutating func take(_ failure: ServerError) {
        sqlState = failure.sqlState
        constraint = failure.constraint
        table = failure.table
        column = failure.column
    }
}
