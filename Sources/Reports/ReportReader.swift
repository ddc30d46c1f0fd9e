import ExactJSON
import Foundation

/// Reads members of a report's JSON. A member that is missing or of another type is an error, and never a zero.
struct ReportReader {
    private let value: RawJSON

    init(_ value: RawJSON) {
        self.value = value
    }

    static func unreadable(_ what: String) -> ReportsError {
        ReportsError(
            .unreadableReport,
            "the report of the run cannot be read: \(what). Another version of dsr may have written it: read it with that "
                + "version, or fetch the file with 'dsr reports get'"
        )
    }

    func string(_ name: String) throws -> String { try required(name, Self.string) }
    func int(_ name: String) throws -> Int { try required(name, Self.int) }
    func bool(_ name: String) throws -> Bool { try required(name) { $0.boolValue } }
    func date(_ name: String) throws -> Date { try required(name, Self.date) }
    func list(_ name: String) throws -> [ReportReader] {
        try required(name) { $0.kind == .array ? $0.elements.map(ReportReader.init) : nil }
    }
    func object(_ name: String) throws -> ReportReader {
        try required(name) { $0.kind == .object ? ReportReader($0) : nil }
    }

    /// A word of a closed list.
    func word<Word: RawRepresentable<String>>(_ name: String) throws -> Word {
        try required(name) { $0.stringValue.flatMap(Word.init) }
    }

    /// A member that may be null.
    func optional<Value>(_ name: String, _ read: (RawJSON) -> Value?) throws -> Value? {
        try required(name) { $0.kind == .null ? .some(nil) : read($0).map(Optional.some) }
    }

    /// Counts by code.
    func counts<Code: RawRepresentable<String> & Hashable>(_ name: String) throws -> [Code: Int] {
        try object(name).numbers().reduce(into: [:]) { counts, entry in
            guard let code = Code(rawValue: entry.key) else { throw Self.unreadable("\(name) has an unknown code") }
            counts[code] = entry.value
        }
    }

    /// All members of an object of numbers.
    func numbers() throws -> [String: Int] {
        try value.members.reduce(into: [:]) { numbers, member in
            guard let number = Self.int(member.value) else { throw Self.unreadable("a count is no number") }
            numbers[member.name] = number
        }
    }

    static func string(_ value: RawJSON) -> String? { value.stringValue }
    static func int(_ value: RawJSON) -> Int? { value.numberText.flatMap { Int($0) } }
    static func date(_ value: RawJSON) -> Date? { value.stringValue.flatMap(Timestamps.instant) }

    private func required<Value>(_ name: String, _ read: (RawJSON) -> Value?) throws -> Value {
        guard let member = value.values(named: name).first else { throw Self.unreadable("\(name) is missing") }
        guard let value = read(member) else { throw Self.unreadable("\(name) is not as expected") }
        return value
    }
}
