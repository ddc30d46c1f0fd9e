import Foundation

/// Any JSON value that the sandbox stores or answers. Numbers are exact decimals.
///
/// Not shared with the client, so that an error in the client's JSON cannot hide in the sandbox that tests it.
enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Decimal)
    /// A number that no decimal of 38 digits is equal to, as it was written.
    case literal(String)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    static func int(_ value: some BinaryInteger) -> JSON { .number(Decimal(Int(value))) }

    static func parse(_ data: Data) throws(Invalid) -> JSON {
        var parser = JSONParser(data)
        return try parser.parse()
    }

    /// Why bytes cannot be read as JSON.
    enum Invalid: Error {
        /// The bytes are not JSON (RFC 8259).
        case notJSON
        /// The text is nested deeper than the parser reads.
        case tooDeep
        /// A number is larger than any double, which the API's Go refuses.
        case numberOutOfRange
    }

    static func bytes(of value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: bytes)
    }

    subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var text: String? { if case .string(let value) = self { value } else { nil } }
    var list: [JSON]? { if case .array(let value) = self { value } else { nil } }
    var members: [String: JSON]? { if case .object(let value) = self { value } else { nil } }
    var decimal: Decimal? { if case .number(let value) = self { value } else { nil } }
    var integer: Int64? { decimal.flatMap { Int64($0.description) } }
    var isNull: Bool { self == .null }
}

extension JSON {
    /// The value as JSON, with the members of objects in the order of their names.
    var bytes: Data {
        var text = ""
        write(to: &text)
        return Data(text.utf8)
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let value): text += value.description
        case .literal(let value): text += value
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            text += "["
            for (position, value) in values.enumerated() {
                if position > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (position, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if position > 0 { text += "," }
                Self.write(member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByBooleanLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
