import Foundation

/// One request, ready to be signed and sent.
struct Call: Sendable {
    let operation: Operation
    /// The path with its segments encoded, and the query.
    let path: String
    var body: Data?
    /// What the request names; searched for in messages only when a call fails.
    let values: @Sendable () -> [String]

    init(
        _ operation: Operation,
        segment: PathSegment? = nil,
        query: String = "",
        body: Data? = nil,
        values: @escaping @Sendable () -> [String]
    ) {
        self.operation = operation
        var path = operation.pathTemplate
        if let segment, let open = path.firstIndex(of: "{"), let close = path.firstIndex(of: "}") {
            path.replaceSubrange(open...close, with: segment.encoded)
        }
        self.path = query.isEmpty ? path : "\(path)?\(query)"
        self.body = body
        self.values = values
    }

    /// The bytes of a request's body: the same bytes are signed and sent.
    static func encode(_ model: some Encodable, for operation: Operation) throws(TalonOneError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(model)
        } catch {
            throw TalonOneError(.invalidRequest, operation: operation, reason: "The request holds what JSON cannot.")
        }
    }
}
