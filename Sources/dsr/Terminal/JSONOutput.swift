import Foundation

/// JSON for programs: keys in snake case and in alphabetical order, instants in ISO 8601 and UTC. Every control character
/// is escaped, also those from U+007F on, which JSON allows and terminals obey.
enum JSONOutput {
    static func text(_ value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        guard text.unicodeScalars.contains(where: { (0x7F...0x9F).contains($0.value) }) else { return text }
        // They are in strings only.
        return text.unicodeScalars.reduce(into: "") { text, scalar in
            guard (0x7F...0x9F).contains(scalar.value) else { return text.unicodeScalars.append(scalar) }
            text += "\\u00" + String(scalar.value, radix: 16)
        }
    }

    static func print(_ value: some Encodable, pretty: Bool = false) throws {
        Terminal.out(try text(value, pretty: pretty))
    }
}

/// A value whose key is always there: `null` where there is none.
struct Nullable<Value: Encodable>: Encodable {
    let value: Value?

    init(_ value: Value?) {
        self.value = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
