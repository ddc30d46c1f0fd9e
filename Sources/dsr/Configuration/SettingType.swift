import Foundation
import SubjectRequests

/// The values that a setting accepts, and how they are read.
struct SettingType<Value: Sendable>: Sendable {
    /// The values in words, to complete "must be …".
    let expectation: String
    var isSecret = false
    var isList = false
    /// - Throws: ``SettingMisfit`` where the text is not one of the values.
    let parse: @Sendable (RawSetting) throws -> Value
}

/// What a source holds for a setting, before it is read.
enum RawSetting: Sendable {
    case text(String)
    case list([String])
    /// The path of a file with a secret, and the name that gave it.
    case file(String, SettingName)
}

/// A value that the setting does not accept. The error never quotes the value, which may be a misplaced secret.
struct SettingMisfit: Error {
    /// What else to say, after "must be …".
    var detail: String?
}

extension RawSetting {
    /// The one value.
    func one() throws -> String {
        guard case .text(let text) = self else { throw SettingMisfit(detail: "and not a list") }
        return text
    }

    /// Refuses values that kept their quotes: `docker run --env-file` does not remove them.
    func refuseQuotes() throws {
        for value in several() {
            let value = value.trimmingCharacters(in: .whitespaces)
            guard let first = value.first, "\"'".contains(first), value.count > 1, value.last == first else { continue }
            throw SettingMisfit(detail: "without quotes around it")
        }
    }

    /// The values; one value is a list of one.
    func several() -> [String] {
        switch self {
        case .list(let list): list
        case .text(let text), .file(let text, _): [text]
        }
    }
}

extension SettingType<String> {
    /// Any text. `example` is how it may be written.
    static func text(example: String? = nil) -> Self {
        Self(expectation: "a text" + (example.map { ", for example \($0)" } ?? "")) { raw in try raw.one().trimmed() }
    }

    /// A path as the system takes it. What a shell would have expanded is refused, since it would be a folder's name.
    static var path: Self {
        Self(expectation: "a path") { raw in
            let path = try raw.one()
            guard !path.hasPrefix("~"), !path.contains(/\$[A-Za-z_{(]/) else {
                throw SettingMisfit(detail: "without ~ and variables, which are not expanded here")
            }
            guard !path.contains("://") else { throw SettingMisfit(detail: "and not a URL") }
            guard path == path.trimmingCharacters(in: .whitespacesAndNewlines), path == path.printable else {
                throw SettingMisfit(detail: "without blanks or line breaks around it")
            }
            return path
        }
    }
}

extension String {
    /// The text without surrounding blanks, as a block of YAML leaves them. Text for letters may have several lines.
    fileprivate func trimmed() throws -> String {
        let text = trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw SettingMisfit(detail: "and not blank") }
        guard text == text.withoutControls else { throw SettingMisfit(detail: "without control characters") }
        return text
    }
}

extension SettingType<Bool> {
    static var flag: Self {
        Self(expectation: "true or false") { raw in
            switch try raw.one().lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: throw SettingMisfit()
            }
        }
    }
}

extension SettingType<Int> {
    static func number(_ range: ClosedRange<Int>) -> Self {
        Self(expectation: "a whole number from \(range.inWords)") { raw in try range.number(in: try raw.one()) }
    }
}

extension SettingType<Duration> {
    static func seconds(_ range: ClosedRange<Int>) -> Self {
        Self(expectation: "a whole number of seconds from \(range.inWords)") { raw in
            .seconds(try range.number(in: try raw.one()))
        }
    }
}

extension SettingType where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the words of an enumeration.
    static func choice(_: Value.Type) -> Self {
        Self(expectation: Value.allCases.map(\.rawValue).alternatives) { raw in
            guard let choice = Value(rawValue: try raw.one()) else { throw SettingMisfit() }
            return choice
        }
    }
}

extension SettingType<[String]> {
    /// Texts that may contain commas, such as lines of an address.
    static var texts: Self {
        Self(expectation: "a text or a list of texts", isList: true) { raw in try raw.entries() }
    }

    /// Names, as of channels. A list that was written as one text is refused, and so is a word that switches all of them.
    static var names: Self {
        Self(expectation: "a name or a list of names", isList: true) { raw in
            let entries = try raw.separateEntries()
            let switches: Set = ["true", "false", "yes", "no", "on", "off", "all", "any", "none", "*"]
            guard switches.isDisjoint(with: entries.map { $0.lowercased() }) else {
                throw SettingMisfit(detail: "and not a switch or a pattern; name each one")
            }
            return entries
        }
    }

    /// Paths. One with a comma is a list that was written as one text, and is refused.
    static var paths: Self {
        Self(expectation: "a path or a list of paths", isList: true) { raw in
            try raw.separateEntries().map { try SettingType<String>.path.parse(.text($0)) }
        }
    }
}

extension RawSetting {
    /// The entries of a list. One with a separator, a space, a quote or a bracket is a list that was written as one text.
    fileprivate func separateEntries() throws -> [String] {
        let entries = try entries()
        guard !entries.contains(where: { $0.contains(/[,;|，、"'\[\]{}\s]/) || $0 != $0.printable }) else {
            throw SettingMisfit(detail: "for example [web, phone] in the file, or web,phone in the variable")
        }
        return entries
    }
}

extension SettingType {
    /// Any number of the words of an enumeration.
    static func choices<Word>(_: Word.Type) -> Self
    where Value == Set<Word>, Word: CaseIterable & RawRepresentable & Hashable & Sendable, Word.RawValue == String {
        Self(expectation: "a list of \(Word.allCases.map(\.rawValue).alternatives)", isList: true) { raw in
            Set(
                try raw.entries().map { entry in
                    guard let word = Word(rawValue: entry) else { throw SettingMisfit() }
                    return word
                }
            )
        }
    }
}

extension RawSetting {
    /// How YAML writes that there is no value.
    static let none: Set = ["", "~", "null", "Null", "NULL"]

    /// The entries of a list without surrounding spaces. An empty list is written `[]`.
    fileprivate func entries() throws -> [String] {
        try several().map { entry in
            let entry = entry.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !Self.none.contains(entry) else { throw SettingMisfit(detail: "and no entry may be empty") }
            guard entry == entry.withoutControls else { throw SettingMisfit(detail: "without control characters") }
            return entry
        }
    }
}

extension ClosedRange<Int> {
    /// `1 to 1,024`.
    fileprivate var inWords: String { "\(lowerBound.grouped) to \(upperBound.grouped)" }

    /// A number in plain decimal digits: no sign, no separators, no other base.
    fileprivate func number(in text: String) throws -> Int {
        guard text.wholeMatch(of: /[0-9]+/) != nil, let number = Int(text), contains(number) else {
            throw SettingMisfit()
        }
        return number
    }
}

extension [String] {
    /// `a, b or c`.
    fileprivate var alternatives: String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " or " + self[count - 1]
    }
}
