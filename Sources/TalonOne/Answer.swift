public import Foundation

/// A successful answer: its status, its exact bytes, and a typed reading of them on demand.
///
/// An export wants the bytes, a decision the model; only who asks pays for decoding.
public struct TalonOneAnswer<Model: Decodable & Sendable>: Sendable {
    /// The HTTP status, one that the operation declares as success.
    public let status: Int
    /// The body as it came; empty for 204. Otherwise valid UTF-8 that holds one JSON object, unless the operation
    /// answers with ``NoContent``.
    public let body: Data
    let operation: Operation

    /// Reads the body.
    ///
    /// - Throws: ``TalonOneError/Code-swift.struct/malformedBody`` if the object is not of the promised shape.
    public func decoded() throws(TalonOneError) -> Model {
        do {
            let isEmpty = body.isEmpty || Model.self == NoContent.self
            return try JSONDecoder().decode(Model.self, from: isEmpty ? Data("{}".utf8) : body)
        } catch {
            throw TalonOneError(
                .malformedBody,
                operation: operation,
                status: status,
                mayHaveActed: true,
                reason: "The answer is JSON, but not of the shape that the API promises."
            )
        }
    }
}

/// The model of an answer that says all it has to say with its status.
public struct NoContent: Decodable, Sendable, Hashable {}

/// Any JSON object: enough to tell a readable body from a cut-off or foreign one.
struct JSONObjectShape: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        _ = try decoder.container(keyedBy: Key.self)
    }

    static func isReadable(_ body: Data) -> Bool {
        guard String(validating: body, as: UTF8.self) != nil else { return false }
        return (try? JSONDecoder().decode(JSONObjectShape.self, from: body)) != nil
    }
}
