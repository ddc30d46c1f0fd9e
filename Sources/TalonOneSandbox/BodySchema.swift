import Foundation

/// The declared members of an object in a request. A member that is not declared is ignored, as the API does.
struct BodySchema: Sendable {
    struct Member: Sendable {
        let name: String
        let kind: Kind
        var isRequired = false
    }

    /// The type of a value, with its limits.
    indirect enum Kind: Sendable {
        case text(length: ClosedRange<Int>)
        case oneOf([String])
        case integer(ClosedRange<Int64>)
        case number
        case time
        case anyObject
        case object(BodySchema)
        case list(Kind, maximum: Int = .max)
        case map(Kind)
    }

    let members: [Member]

    init(_ members: Member...) { self.init(members) }

    init(_ members: [Member]) { self.members = members }

    /// Checks an object. `null` is an absent member, as in the API's Go.
    ///
    /// - Parameter pointer: The place of the object in the body, as a JSON pointer.
    func check(_ object: [String: JSON], at pointer: String = "") throws(Refusal) {
        for member in members {
            if let value = object[member.name], !value.isNull {
                try member.kind.check(value, at: "\(pointer)/\(member.name)")
            } else if member.isRequired {
                throw .invalid("Required", "\(member.name) is required", at: "\(pointer)/\(member.name)")
            }
        }
    }
}

extension BodySchema.Kind {
    /// An id or a code, not empty.
    static let name = Self.text(length: 1...1_000)
    /// A text of any length.
    static let anyText = Self.text(length: 0...Int.max)

    /// The largest amount. Sums of such amounts are exact decimals.
    private static let maximumAmount = Decimal(1_000_000_000_000_000)

    fileprivate func check(_ value: JSON, at pointer: String) throws(Refusal) {
        switch self {
        case .text(let length):
            guard let text = value.text else { throw .wrongType("a text", at: pointer) }
            guard length.contains(text.unicodeScalars.count) else {
                throw .invalid("Invalid length", "The length is not allowed", at: pointer)
            }
        case .oneOf(let values):
            guard let text = value.text else { throw .wrongType("a text", at: pointer) }
            guard values.contains(text) else {
                throw .invalid("enum", "must be one of \(values.joined(separator: ", "))", at: pointer)
            }
        case .integer(let range):
            guard let integer = value.integer else { throw .wrongType("an integer", at: pointer) }
            guard range.contains(integer) else { throw .outOfRange(at: pointer) }
        case .number:
            if case .literal = value { throw .outOfRange(at: pointer) }
            guard let decimal = value.decimal else { throw .wrongType("a number", at: pointer) }
            guard abs(decimal) <= Self.maximumAmount else { throw .outOfRange(at: pointer) }
        case .time:
            guard let text = value.text, Self.isTime(text) else {
                throw .wrongType("a time, for example 2026-01-31T12:00:00Z", at: pointer)
            }
        case .anyObject:
            guard value.members != nil else { throw .wrongType("an object", at: pointer) }
        case .object(let schema):
            guard let members = value.members else { throw .wrongType("an object", at: pointer) }
            try schema.check(members, at: pointer)
        case .list(let kind, let maximum):
            guard let list = value.list else { throw .wrongType("an array", at: pointer) }
            guard list.count <= maximum else {
                throw .invalid("Invalid length", "The array is too long", at: pointer)
            }
            for (index, element) in list.enumerated() { try kind.check(element, at: "\(pointer)/\(index)") }
        case .map(let kind):
            guard let members = value.members else { throw .wrongType("an object", at: pointer) }
            for name in members.keys.sorted() {
                guard let element = members[name] else { continue }
                try kind.check(element, at: "\(pointer)/\(name)")
            }
        }
    }

    private static func isTime(_ text: String) -> Bool {
        let form = /([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})/
        guard let match = text.wholeMatch(of: form) else { return false }
        return (try? Date("\(match.1)\(match.2)", strategy: .iso8601)) != nil
    }
}

extension Refusal {
    fileprivate static func wrongType(_ expected: String, at pointer: String) -> Refusal {
        .invalid("Invalid type", "must be \(expected)", at: pointer)
    }

    fileprivate static func outOfRange(at pointer: String) -> Refusal {
        .invalid("Out of range", "The number is out of range", at: pointer)
    }
}
