import CLibPQ

/// A `PGresult`, freed with its last reference.
///
/// `@unchecked` because of the pointer. It is safe: libpq guarantees that a returned result does not change and that
/// threads may share it. Only reading functions are called on it, and `PQclear` once.
final class ResultHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType {
        PQresultStatus(pointer)
    }

    var isError: Bool {
        status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR
    }

    /// Whether a copy has started; no more results come before it ends.
    var isCopy: Bool {
        status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH
    }

    /// A field of an error.
    func field(_ field: Int) -> String? {
        PQresultErrorField(pointer, Int32(field)).map { String(cString: $0) }
    }

    /// The number of rows that a command changed, inserted, or returned.
    var affectedRows: Int {
        Int(String(cString: PQcmdTuples(pointer))) ?? 0
    }
}
