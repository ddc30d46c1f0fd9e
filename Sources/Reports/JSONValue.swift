/// JSON to be written, with the order of members kept: a report is read by people, so what matters most stands first.
enum JSONValue {
    case null
    case bool(Bool)
    case int(Int64)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
    init(_ number: Int) { self = .int(Int64(number)) }
    init(_ number: Int64?) { self = number.map(JSONValue.int) ?? .null }
    init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }

    /// The value as text, indented by two spaces a level.
    func text(indentedBy level: Int = 0) -> String {
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
