import CLibPQ
import Glibc

extension Session {
    /// Ends the copies that a statement or script began, and reports them: rows would need a stream of their own.
    ///
    /// Without this, the connection would stay in copy mode and refuse every later statement.
    func refuseCopy(_ results: [ResultHandle], _ call: inout Call) throws(PostgresError) {
        guard var last = results.last, last.isCopy else { return }
        while last.isCopy {
            try end(last, &call)
            guard let next = try receive(&call).last else { break }
            last = next
        }
        settle(call)
        if PQstatus(connection) == CONNECTION_BAD { throw lose(nil, call) }
        throw PostgresError(
            .unsupported,
            statement: call.statement,
            "\(call.subject) is a COPY from standard input or to standard output, which this client does not support: "
                + "use insert or select"
        )
    }

    private func end(_ copy: ResultHandle, _ call: inout Call) throws(PostgresError) {
        guard copy.status == PGRES_COPY_IN else { return try discardRows(&call) }
        // A message instead of nil makes the server drop the copy.
        guard PQputCopyEnd(connection, "not supported") != -1 else { throw lose(nil, call) }
        try flush(&call)
    }

    /// Asks the server to stop sending, and drops the rows that are on their way.
    private func discardRows(_ call: inout Call) throws(PostgresError) {
        abandon(&call, .cancelled)
        while true {
            var row: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection, &row, 1)
            defer { PQfreemem(row) }
            if length < 0 { return }
            if length == 0 {
                try wait(for: POLLIN, during: &call)
                // A failure is reported by the next PQgetCopyData.
                _ = PQconsumeInput(connection)
            }
        }
    }
}
