import CLibPQ
import Foundation

extension Session {
    /// How much is gathered before it is handed to libpq: a message that is far larger can keep it busy for ever.
    private static let chunk = 64 * 1024

    /// Sends `rows` to a `COPY … FROM STDIN`.
    func copyIn(_ statement: Statement, _ rows: some Sequence<Data>, _ call: inout Call) throws(PostgresError) -> Int {
        try send(statement.sql, &call)
        try enter(PGRES_COPY_IN, &call, "copyIn")
        var buffer: [UInt8] = []
        for row in rows {
            buffer.append(contentsOf: row)
            guard buffer.count >= Self.chunk else { continue }
            guard try put(&buffer, &call) else { break }
        }
        let isWhole = try put(&buffer, &call)
        // A message instead of nil makes the server drop what it has.
        guard PQputCopyEnd(connection, isWhole ? nil : "given up") != -1 else { throw lose(nil, call) }
        try flush(&call)
        return try outcome(of: try receive(&call), call).affectedRows
    }

    /// Hands each row of a `COPY … TO STDOUT` to `each`, until it says stop.
    ///
    /// - Returns: the number of rows, or nil if `each` stopped it.
    func copyOut(_ statement: Statement, _ call: inout Call, _ each: (Data) -> Bool) throws(PostgresError) -> Int? {
        try send(statement.sql, &call)
        try enter(PGRES_COPY_OUT, &call, "copyOut")
        var isWanted = true
        try drain(&call) { row in
            guard isWanted else { return true }
            isWanted = each(Data(row))
            return isWanted
        }
        let results = try receive(&call)
        do throws(PostgresError) {
            let count = try outcome(of: results, call).affectedRows
            return isWanted ? count : nil
        } catch {
            // The server's answer to being told to stop is what was asked for.
            guard !isWanted, error.code == .cancelled, !isLost else { throw error }
            return nil
        }
    }

    /// Gets out of a transfer that nobody asked for.
    func leave(_ copy: ResultHandle, _ call: inout Call) throws(PostgresError) {
        if copy.status == PGRES_COPY_IN {
            guard PQputCopyEnd(connection, "unexpected") != -1 else { throw lose(nil, call) }
            try flush(&call)
        } else {
            try drain(&call) { _ in false }
        }
    }

    private func enter(_ status: ExecStatusType, _ call: inout Call, _ name: String) throws(PostgresError) {
        let results = try receive(&call)
        if let last = results.last, last.status == status { return }
        if let copy = results.last, copy.isCopy {
            try leave(copy, &call)
            _ = try receive(&call)
        } else {
            _ = try outcome(of: results, call)
        }
        throw .copyState(call, "is no statement for \(name)")
    }

    /// Sends the buffer and empties it.
    ///
    /// - Returns: false if the call is to end, or the server has ended it: there is no use in sending more.
    private func put(_ buffer: inout [UInt8], _ call: inout Call) throws(PostgresError) -> Bool {
        defer { buffer.removeAll(keepingCapacity: true) }
        var start = 0
        while start < buffer.count {
            if call.abandonment == nil, let reason = call.reasonToStop(interrupt) {
                // The end of the transfer tells the server: no request is needed.
                call.abandonment = Call.Abandonment(reason: reason, request: nil, until: .now + Call.grace)
            }
            guard call.abandonment == nil, PQstatus(connection) == CONNECTION_OK else { return false }
            let count = min(Self.chunk, buffer.count - start)
            let sent = buffer.withUnsafeBytes { bytes in
                PQputCopyData(
                    connection,
                    bytes.bindMemory(to: CChar.self).baseAddress?.advanced(by: start),
                    Int32(count)
                )
            }
            switch sent {
            case 1:
                start += count
                try flush(&call)
                call.extend()
            case 0: try wait(for: POLLOUT, during: &call)
            default: throw lose(nil, call)
            }
        }
        return call.abandonment == nil
    }

    /// Reads a transfer to its end.
    ///
    /// - Parameter each: takes a row; false tells the server to stop, and what still comes is handed out too.
    private func drain(
        _ call: inout Call,
        _ each: (UnsafeRawBufferPointer) -> Bool
    ) throws(PostgresError) {
        while true {
            var row: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection, &row, 1)
            if length == 0 {
                try wait(for: POLLIN, during: &call)
                // The next turn tells what came of it.
                _ = PQconsumeInput(connection)
            } else if length > 0 {
                defer { PQfreemem(row) }
                call.extend()
                if !each(UnsafeRawBufferPointer(start: row, count: Int(length))) { abandon(&call, .cancelled) }
            } else {
                return
            }
        }
    }
}
