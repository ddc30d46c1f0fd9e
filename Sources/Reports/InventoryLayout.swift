import ExactJSON
import Inventory

/// Lays out one section of an inventory for reading: a table of its single values, and a titled group for each list or
/// object.
///
/// A value inside a value is a row of the same table, named by its path: `Tier › Name`. Tables never nest, so that they can be
/// read on a phone. Nothing is dropped. Values that identify other people are shown as withheld. Values beyond the row limit
/// are counted, and the letter names the file that has them.
struct InventoryLayout {
    /// The most values that a section shows.
    static let rowLimit = 5_000
    /// The longest path of a row; deeper values are shown as JSON. The layout recurses, so this also bounds the stack.
    private static let depthLimit = 16
    /// Keys whose values distinguish the entries of a list, best first.
    private static let hintKeys = ["title", "name", "value", "code", "identifier"]
    private static let hintLength = 60

    private let section: String
    private let labels: Labels
    private let withheld: Set<RawJSON.Place>
    private var rowsLeft: Int
    private var rowsShown = 0
    private var rowsOmitted = 0

    /// The variables of one section for the template.
    static func view(
        of value: RawJSON,
        section: String,
        labels: Labels,
        withheld: Set<RawJSON.Place>,
        exportFileName: String,
        rowLimit: Int = rowLimit
    ) -> [String: Any] {
        var layout = InventoryLayout(section: section, labels: labels, withheld: withheld, rowsLeft: rowLimit)
        let heading = labels.section(section)
        var view: [String: Any] = ["title": heading?.title ?? section]
        view["about"] = heading?.about
        let (fields, groups) = layout.contents(of: value)
        view["hasFields"] = !fields.isEmpty
        view["fields"] = fields
        view["groups"] = groups
        view["isEmpty"] = fields.isEmpty && groups.isEmpty && layout.rowsOmitted == 0
        if layout.rowsOmitted > 0 {
            view["omission"] =
                [
                    "shown": layout.rowsShown, "omitted": layout.rowsOmitted, "file": exportFileName,
                ] as [String: Any]
        }
        return view
    }

    private init(section: String, labels: Labels, withheld: Set<RawJSON.Place>, rowsLeft: Int) {
        self.section = section
        self.labels = labels
        self.withheld = withheld
        self.rowsLeft = rowsLeft
    }

    private mutating func contents(of value: RawJSON) -> (fields: [FieldView], groups: [[String: Any]]) {
        switch value.kind {
        case .object:
            var fields: [FieldView] = []
            var groups: [[String: Any]] = []
            for member in value.members {
                if deservesGroup(member.value) {
                    groups.append(group(member.value, key: member.name))
                } else {
                    fields += self.fields(member, at: FieldPath(), inAttributes: false)
                }
            }
            return (fields, groups.filter { ($0["records"] as? [RecordView])?.isEmpty == false })
        case .array:
            let records = records(value.elements, one: labels.section(section)?.one)
            return ([], records.isEmpty ? [] : [["records": records, "isList": false, "isSingle": false]])
        default:
            return (
                self.fields(
                    value,
                    at: FieldPath(key: section, label: labels.key(section, in: section)),
                    inAttributes: false
                ), []
            )
        }
    }

    private func deservesGroup(_ value: RawJSON) -> Bool {
        guard !withheld.contains(value.place) else { return false }
        return switch value.kind {
        case .object: !value.members.isEmpty
        case .array: value.elements.contains { $0.kind == .object }
        default: false
        }
    }

    private mutating func group(_ value: RawJSON, key: String) -> [String: Any] {
        let heading = labels.section("\(section).\(key)")
        let title = heading?.title ?? labels.key(key, in: section) ?? key
        let inAttributes = key == "attributes"
        var isSingle = false
        let records: [RecordView]
        if value.kind == .array {
            records = self.records(value.elements, one: heading?.one)
        } else if !inAttributes, value.members.allSatisfy({ $0.value.kind == .object }) {
            records = value.members.compactMap { record($0.value, title: "\(heading?.one ?? title) \($0.name)") }
        } else {
            isSingle = true
            let fields = fields(of: value, at: FieldPath(), inAttributes: inAttributes)
            records =
                fields.isEmpty ? [] : [RecordView(title: title, hint: nil, value: .init(shape: .fields(fields)))]
        }
        return [
            "title": title, "records": records, "about": heading?.about ?? false, "isList": !isSingle,
            "isSingle": isSingle,
        ]
    }

    private mutating func records(_ elements: [RawJSON], one: String?) -> [RecordView] {
        var records: [RecordView] = []
        for (index, element) in elements.enumerated() {
            let title = "\(one ?? "Entry") \(index + 1) of \(elements.count)"
            if let record = record(element, title: title) { records.append(record) }
        }
        return records
    }

    private mutating func record(_ value: RawJSON, title: String) -> RecordView? {
        guard takesRow(for: value) else { return nil }
        guard !withheld.contains(value.place), value.isNested else {
            return RecordView(title: title, hint: nil, value: self.value(value))
        }
        let fields = fields(of: value, at: FieldPath(), inAttributes: false)
        return RecordView(title: title, hint: hint(for: value), value: .init(shape: .fields(fields)))
    }

    private func hint(for value: RawJSON) -> String? {
        for key in Self.hintKeys {
            if let text = value.values(named: key).first?.stringValue, !text.isEmpty {
                return text.count <= Self.hintLength ? text : "\(text.prefix(Self.hintLength))…"
            }
        }
        return nil
    }

    /// The rows of an object or a list: those of each member or element.
    private mutating func fields(of value: RawJSON, at path: FieldPath, inAttributes: Bool) -> [FieldView] {
        var fields: [FieldView] = []
        for member in value.members { fields += self.fields(member, at: path, inAttributes: inAttributes) }
        for (index, element) in value.elements.enumerated() {
            fields += self.fields(element, at: path.element(index + 1), inAttributes: inAttributes)
        }
        return fields
    }

    private mutating func fields(_ member: RawJSON.Member, at path: FieldPath, inAttributes: Bool) -> [FieldView] {
        let name = member.name
        // Attributes are the controller's own fields: a name that the API uses too does not mean the same.
        let path = path.member(name, label: inAttributes ? nil : labels.key(name, in: section))
        if isUnset(name: name, member.value, inAttributes: inAttributes), takesRow(for: member.value) {
            let text = member.value.stringValue ?? member.value.numberText ?? ""
            return [FieldView(path, leaf(.unset(text)))]
        }
        if !inAttributes, !withheld.contains(member.value.place), let code = member.value.stringValue,
            let meaning = labels.meaning(of: code, key: name, in: section), takesRow(for: member.value)
        {
            return [FieldView(path, leaf(.explained(readable: meaning, original: code)))]
        }
        return fields(member.value, at: path, inAttributes: inAttributes || name == "attributes")
    }

    /// The rows of a value: one, or one for each of its parts.
    private mutating func fields(_ value: RawJSON, at path: FieldPath, inAttributes: Bool) -> [FieldView] {
        guard takesRow(for: value) else { return [] }
        guard !withheld.contains(value.place), value.isNested, path.length < Self.depthLimit else {
            return [FieldView(path, self.value(value))]
        }
        return fields(of: value, at: path, inAttributes: inAttributes)
    }

    // The API writes the number 0 and the zero instant for what is not set. An attribute of that value was set to it.
    private func isUnset(name: String, _ value: RawJSON, inAttributes: Bool) -> Bool {
        guard !inAttributes, !withheld.contains(value.place) else { return false }
        let isNumber = name == "id" || name.hasSuffix("Id") || name.hasSuffix("ID")
        return value.isZeroInstant || isNumber && value.isZero
    }

    // Whether there is room for the value; where there is none, its parts are counted as omitted.
    private mutating func takesRow(for value: RawJSON) -> Bool {
        if rowsLeft > 0 { return true }
        rowsOmitted += value.leafCount
        return false
    }

    private mutating func value(_ value: RawJSON) -> ValueView {
        if withheld.contains(value.place) { return leaf(.withheld) }
        switch value.kind {
        case .object where value.members.isEmpty: return leaf(.emptyContainer)
        case .array where value.elements.isEmpty: return leaf(.emptyContainer)
        case .object, .array:
            guard !value.isNested else {
                return leaf(.raw(String(decoding: value.bytes, as: UTF8.self)), rows: value.leafCount)
            }
            var items: [ValueView] = []
            for element in value.elements where takesRow(for: element) { items.append(self.value(element)) }
            return ValueView(shape: .items(items))
        case .string: return leaf(shape(of: value.stringValue ?? ""))
        case .number: return leaf(.number(value.numberText ?? ""))
        case .boolean: return leaf(.truth(value.boolValue == true))
        case .null: return leaf(.null)
        }
    }

    private func shape(of text: String) -> ValueView.Shape {
        if text.isEmpty { return .emptyText }
        if let readable = Timestamps.readable(timestamp: text, months: labels.months) {
            return .explained(readable: readable, original: text)
        }
        return .text(text)
    }

    private mutating func leaf(_ shape: ValueView.Shape, rows: Int = 1) -> ValueView {
        rowsLeft -= min(rows, rowsLeft)
        rowsShown += rows
        return ValueView(shape: shape)
    }
}

extension RawJSON {
    /// Whether it has parts that need rows of their own: an object, or a list with an object or a list in it.
    fileprivate var isNested: Bool {
        switch kind {
        case .object: !members.isEmpty
        case .array: elements.contains { $0.kind == .object || $0.kind == .array }
        default: false
        }
    }
}
