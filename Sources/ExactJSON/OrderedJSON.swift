/// JSON to be written, with its members in the order given: documents for readers put first what matters most.
public enum OrderedJSON: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case int(Int64)
    /// A text.
    case string(String)
    /// A list.
    case array([OrderedJSON])
    /// An object; the names should differ.
    case object([(String, OrderedJSON)])

    /// A text, or null.
    public init(_ text: String?) { self = text.map(OrderedJSON.string) ?? .null }
    /// A whole number.
    public init(_ number: Int) { self = .int(Int64(number)) }
    /// A whole number, or null.
    public init(_ number: Int64?) { self = number.map(OrderedJSON.int) ?? .null }
    /// A list of texts.
    public init(_ texts: [String]) { self = .array(texts.map(OrderedJSON.string)) }

    /// The value as text, indented by two spaces a level.
    public func text(indentedBy level: Int = 0) -> String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .string(let value): JSONString.quoted(value)
        case .array(let values): Self.block("[", values.map { $0.text(indentedBy: level + 1) }, "]", level)
        case .object(let members):
            Self.block(
                "{",
                members.map { "\(JSONString.quoted($0.0)): \($0.1.text(indentedBy: level + 1))" },
                "}",
                level
            )
        }
    }

    private static func block(_ opening: String, _ lines: [String], _ closing: String, _ level: Int) -> String {
        guard !lines.isEmpty else { return opening + closing }
        let indent = String(repeating: "  ", count: level)
        return "\(opening)\n\(indent)  \(lines.joined(separator: ",\n\(indent)  "))\n\(indent)\(closing)"
    }
}
