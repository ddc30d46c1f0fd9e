import Mustache

/// One value of the person's data, in the form that a template lays out.
struct ValueView: MustacheParent {
    enum Shape {
        case text(String)
        case number(String)
        case moment(readable: String, original: String)
        case truth(Bool)
        case null
        case emptyText
        case emptyContainer
        /// Somebody else's identifier.
        case withheld
        /// JSON as written, for what nests too deep to be a table.
        case raw(String)
        case fields([FieldView])
        case items([ValueView])
    }

    let shape: Shape

    // Names that do not fit the shape are false, never nil: for nil the library looks further out, where a nested
    // value would find its own container and never end.
    func child(named name: String) -> Any? {
        switch (name, shape) {
        case ("isText", .text), ("isNumber", .number), ("isMoment", .moment), ("isNull", .null),
            ("isEmptyText", .emptyText), ("isEmptyContainer", .emptyContainer), ("isWithheld", .withheld),
            ("isRaw", .raw), ("isFields", .fields), ("isItems", .items), ("isTrue", .truth(true)),
            ("isFalse", .truth(false)):
            true
        case ("text", .text(let text)), ("text", .number(let text)), ("text", .raw(let text)): text
        case ("text", .moment(let readable, _)): readable
        case ("original", .moment(_, let original)): original
        case ("fields", .fields(let fields)): fields
        case ("items", .items(let items)): items
        default: false
        }
    }
}

/// A name and a value.
struct FieldView: MustacheParent {
    /// The name for readers, or nil for a key that is not known; then the raw name stands alone.
    let label: String?
    let key: String
    let value: ValueView

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
    /// What tells the entry from its neighbours: a code or a title out of it.
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
        // What else a template asks for belongs to the group around the record.
        default: nil
        }
    }
}
