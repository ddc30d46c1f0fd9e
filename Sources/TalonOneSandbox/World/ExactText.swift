/// An id or code. It equals only a text of the same bytes, as in the API's Go; for Swift, "é" in one and in two code
/// points is the same text, and an erasure of one customer would erase the other.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (one: ExactText, other: ExactText) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Dictionary where Key == ExactText {
    subscript(text: String) -> Value? {
        get { self[ExactText(text)] }
        _modify { yield &self[ExactText(text)] }
    }

    subscript(text: String, default value: @autoclosure () -> Value) -> Value {
        get { self[ExactText(text), default: value()] }
        _modify { yield &self[ExactText(text), default: value()] }
    }

    mutating func removeValue(for text: String) -> Value? { removeValue(forKey: ExactText(text)) }
}

extension Set<ExactText> {
    mutating func insert(_ text: String) { insert(ExactText(text)) }
    mutating func remove(_ text: String) { remove(ExactText(text)) }
}

extension [String] {
    func contains(exactly text: String) -> Bool { contains { ExactText($0) == ExactText(text) } }
    mutating func remove(exactly text: String) { removeAll { ExactText($0) == ExactText(text) } }
}
