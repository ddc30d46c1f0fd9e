import Mustache

/// One value of the customer's data, in the form that a template lays out.
struct ValueView: MustacheParent {
    enum Shape {
        case text(String)
        case number(String)
        /// A timestamp or a code, in words, and as it was written.
        case explained(readable: String, original: String)
        case truth(Bool)
        case null
        /// The value that an API writes for "not set", as it was written.
        case unset(String)
        case emptyText
        case emptyContainer
        /// Identifies another person.
        case withheld
        /// JSON as written, for values that nest too deep for rows.
        case raw(String)
        /// The rows of a record.
        case fields([FieldView])
        /// A list of single values.
        case items([ValueView])
    }

    let shape: Shape

    // Names that do not fit the shape are false, never nil: for nil the library searches the outer contexts, where a
    // nested value would find its own container, and rendering would never end.
    func child(named name: String) -> Any? {
        switch (name, shape) {
        case ("isText", .text), ("isNumber", .number), ("isExplained", .explained), ("isNull", .null),
            ("isEmptyText", .emptyText), ("isEmptyContainer", .emptyContainer), ("isWithheld", .withheld),
            ("isRaw", .raw), ("isFields", .fields), ("isItems", .items), ("isTrue", .truth(true)),
            ("isFalse", .truth(false)), ("isUnset", .unset):
            true
        case ("text", .text(let text)), ("text", .number(let text)), ("text", .raw(let text)): text
        case ("text", .explained(let readable, _)): readable
        case ("original", .explained(_, let original)), ("original", .unset(let original)): original
        case ("fields", .fields(let fields)): fields
        case ("items", .items(let items)): items
        default: false
        }
    }
}

/// A row: a name and a value.
struct FieldView: MustacheParent {
    /// The name for readers; nil for an unknown key, which is shown by its raw name.
    let label: String?
    let key: String
    let value: ValueView

    init(_ path: FieldPath, _ value: ValueView) {
        label = path.label
        key = path.key
        self.value = value
    }

    func child(named name: String) -> Any? {
        switch name {
        case "label": label ?? ""
        case "isKnown": label != nil
        case "key": key
        case "value": value
        default: false
        }
    }
}

/// One entry of a list, or the table of an object.
struct RecordView: MustacheParent {
    let title: String
    /// A code or title of the entry that distinguishes it from others.
    let hint: String?
    let value: ValueView

    func child(named name: String) -> Any? {
        switch name {
        case "title": title
        case "hint": hint ?? ""
        case "hasHint": hint != nil
        case "value": value
        case "fields": value.child(named: "fields")
        case "isFields": value.child(named: "isFields")
        // Other names belong to the group that contains the record.
        default: nil
        }
    }
}
