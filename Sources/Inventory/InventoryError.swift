/// Why an answer of the API, or other JSON, cannot be used.
///
/// The description says what failed and what to do. It never holds content of the data: a place in it is named by its
/// byte offset.
public struct InventoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure. More may be added: treat an unknown one as final.
    public struct Code: Hashable, Sendable {
        let name: String

        /// The bytes are not one JSON text as RFC 8259 defines it.
        public static let invalidJSON = Code(name: "invalid JSON")
        /// The JSON nests deeper than the limit that the caller set.
        public static let tooDeep = Code(name: "too deep")
        /// The JSON is larger than what can be addressed (4 GiB).
        public static let tooLarge = Code(name: "too large")
        /// The JSON is valid but not the object that an inventory must be.
        public static let unexpectedShape = Code(name: "unexpected shape")
        /// The profile in the inventory belongs to a customer other than the one that was asked for.
        public static let anotherCustomer = Code(name: "another customer")
    }

    /// What kind of failure it is.
    public let code: Code
    /// Where in the bytes the failure was found, counted from 0; nil for failures that have no place.
    public let offset: Int?
    /// What failed and what to do, in words that hold no content.
    public let description: String

    init(_ code: Code, _ explanation: String, offset: Int? = nil) {
        self.code = code
        self.offset = offset
        self.description = offset.map { "\(explanation) (at byte \($0))" } ?? explanation
    }
}
