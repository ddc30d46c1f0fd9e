import Foundation

/// One request to the API, before it is signed and sent.
struct APIRequest: Sendable {
    let operation: Operation
    /// The path with its segments percent-encoded, and the query.
    let path: String
    let body: Data?

    init(
        _ operation: Operation,
        segment: PathSegment? = nil,
        query: String = "",
        body: Data? = nil
    ) {
        self.operation = operation
        var path = operation.pathTemplate
        if let segment, let open = path.firstIndex(of: "{"), let close = path.firstIndex(of: "}") {
            path.replaceSubrange(open...close, with: segment.encoded)
        }
        self.path = query.isEmpty ? path : "\(path)?\(query)"
        self.body = body
    }

    /// Encodes a body. The same bytes are signed and sent.
    static func encode(_ model: some Encodable, for operation: Operation) throws(TalonOneError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(model)
        } catch {
            throw TalonOneError(
                .invalidRequest,
                operation: operation,
                reason: "the request holds a value that JSON cannot represent"
            )
        }
    }
}
