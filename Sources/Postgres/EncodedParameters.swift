import CLibPQ

/// The parameters of one execution, encoded one after another into a single buffer.
struct EncodedParameters {
    private(set) var types: [Oid] = []
    private var bytes: [UInt8] = []
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// Encodes the parameters of a statement.
    ///
    /// - Throws: `.unencodable`, with the statement's name and the parameter's number.
    init(_ parameters: [any PostgresEncodable], of statement: Statement) throws(PostgresError) {
        guard parameters.count <= UInt16.max else {
            throw PostgresError(
                .unencodable,
                statement: statement.name,
                "statement \"\(statement.name)\" has more than 65,535 parameters: pass arrays"
            )
        }
        for (index, parameter) in parameters.enumerated() {
            do throws(EncodingFailure) {
                try append(parameter)
            } catch {
                throw PostgresError(
                    .unencodable,
                    statement: statement.name,
                    "statement \"\(statement.name)\", parameter $\(index + 1): \(error.description)"
                )
            }
        }
    }

    private mutating func append(_ parameter: some PostgresEncodable) throws(EncodingFailure) {
        let encoding = type(of: parameter).postgresEncoding
        let start = bytes.count
        let isNull = try !parameter.encode(into: &bytes)
        guard let length = Int32(exactly: bytes.count - start) else { throw EncodingFailure("the value is too long") }
        types.append(encoding.parameter.rawValue)
        starts.append(isNull ? nil : start)
        lengths.append(length)
        formats.append(encoding.isText ? 0 : 1)
        // Terminates text for libpq, and gives an empty value an address: libpq takes a null pointer for NULL.
        bytes.append(0)
    }

    /// Calls `body` with the arrays that libpq expects: the number of values, the values, their lengths and formats.
    func withPointers<R>(
        _ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) -> R
    ) -> R {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.bindMemory(to: CChar.self).baseAddress
            let values = starts.map { start in start.flatMap { base?.advanced(by: $0) } }
            return body(Int32(starts.count), values, lengths, formats)
        }
    }
}
