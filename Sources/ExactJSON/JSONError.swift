/// Why bytes are not the JSON that they should be.
///
/// The description never holds content of the data: a place in it is named by its byte offset.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure. More may be added: treat an unknown one as final.
    public struct Code: Hashable, Sendable {
        let name: String

        /// The bytes are not one JSON text as RFC 8259 defines it.
        public static let invalid = Code(name: "invalid")
        /// The JSON nests deeper than the limit that the caller set.
        public static let tooDeep = Code(name: "too deep")
        /// The JSON has more values than the limit that the caller set.
        public static let tooManyValues = Code(name: "too many values")
        /// The JSON is larger than what can be addressed (4 GiB).
        public static let tooLarge = Code(name: "too large")
    }

    /// What kind of failure it is.
    public let code: Code
    /// Where in the bytes the failure was found, counted from 0; nil for failures that have no place.
    public let offset: Int?
    /// What failed, in words that hold no content.
    public let description: String

    init(_ code: Code, _ explanation: String, offset: Int? = nil) {
        self.code = code
        self.offset = offset
        self.description = offset.map { "\(explanation) (at byte \($0))" } ?? explanation
    }
}
