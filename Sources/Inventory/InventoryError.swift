public import ExactJSON

/// Why an answer of the API cannot be used.
///
/// The description says what failed and what to do. It never holds content of the data.
public struct InventoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure. More may be added: treat an unknown one as final.
    public enum Code: Hashable, Sendable {
        /// The bytes cannot be read as JSON.
        case unreadable(JSONError.Code)
        /// The JSON is valid but not the object that an inventory must be.
        case unexpectedShape
        /// The profile in the inventory belongs to a customer other than the one that was asked for.
        case anotherCustomer
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed and what to do, in words that hold no content.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Reads JSON, and says of JSON that cannot be read that the answer is unreadable.
    static func reading<Value>(_ body: () throws(JSONError) -> Value) throws(InventoryError) -> Value {
        do {
            return try body()
        } catch {
            throw InventoryError(.unreadable(error.code), error.description)
        }
    }
}
