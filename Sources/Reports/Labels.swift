import ExactJSON
import Foundation
import Inventory

/// The words of one language that templates use: titles of sections, names of known keys, months.
struct Labels: Sendable {
    /// The words for a section of the inventory or a list in it.
    struct Section: Sendable {
        let title: String
        let about: String?
        /// The name of one entry, for lists.
        let one: String?
    }

    let months: [String]
    private let sections: [String: Section]
    private let keys: [String: String]
    private let actions: [String: String]
    private let states: [String: String]
    private let reasons: [String: String]
    private let codes: [String: [String: String]]
    private let reports: [String: String]

    init(_ bytes: [UInt8]) throws {
        let root = try RawJSON.parse(Data(bytes))
        func table(_ name: String) -> [String: String] {
            let members = root.values(named: name).flatMap(\.members)
            return members.reduce(into: [:]) { $0[$1.name] = $1.value.stringValue }
        }
        codes = root.values(named: "codes").flatMap(\.members).reduce(into: [:]) { codes, key in
            codes[key.name] = key.value.members.reduce(into: [:]) { $0[$1.name] = $1.value.stringValue }
        }
        keys = table("keys")
        actions = table("actions")
        states = table("states")
        reasons = table("reasons")
        reports = table("reports")
        months = root.values(named: "months").flatMap(\.elements).compactMap(\.stringValue)
        sections = root.values(named: "sections").flatMap(\.members).reduce(into: [:]) { sections, member in
            func text(_ name: String) -> String? { member.value.values(named: name).first?.stringValue }
            guard let title = text("title") else { return }
            sections[member.name] = Section(title: title, about: text("about"), one: text("one"))
        }
        guard months.count == 12, !keys.isEmpty, !sections.isEmpty else {
            throw ReportsError(.brokenTemplate, "the labels file lacks sections, keys or the twelve months")
        }
    }

    /// The section or list at a path such as `coupons` or `loyalty.cards`; nil for an unknown one.
    func section(_ path: String) -> Section? { sections[path] }

    /// The name of a key for readers: by section first, then by itself; nil for an unknown one.
    func key(_ name: String, in section: String) -> String? { keys["\(section).\(name)"] ?? keys[name] }

    /// What a code of the API means, as the value of a key; nil for an unknown one.
    func meaning(of code: String, key: String, in section: String) -> String? {
        (codes["\(section).\(key)"] ?? codes[key])?[code]
    }

    /// The words for an action in a confirmation; the code itself where there are none.
    func action(_ code: String) -> String { actions[code] ?? code }

    /// The words for an outcome, a state or a reason to wait in a run report; the code itself where there are none.
    func state(_ code: String) -> String { states[code] ?? code.replacing("_", with: " ") }

    /// The words of reports for operators: of decisions, roles and figures; nil for an unknown code.
    func report(_ code: String) -> String? { reports[code] }

    /// The reason why values are left out of an export.
    func reason(_ ownership: Ownership) -> String { reasons[ownership.rawValue] ?? ownership.rawValue }
}
