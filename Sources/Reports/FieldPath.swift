/// Where a value is within its record, for readers: `Tier › Name`.
struct FieldPath {
    private var steps: [(key: String, label: String?)] = []

    /// The path of the record itself.
    init() {}

    /// A path of one step.
    init(key: String, label: String?) { steps = [(key, label)] }

    var length: Int { steps.count }

    /// The path with the labels of its steps; nil where none has one, so that it is shown by its keys.
    var label: String? {
        guard steps.contains(where: { $0.label != nil }) else { return nil }
        return steps.map { $0.label ?? $0.key }.joined(separator: Self.separator)
    }

    /// The path with the names in the data.
    var key: String { steps.map(\.key).joined(separator: Self.separator) }

    private static let separator = " › "

    /// The path of a member of the value here.
    func member(_ key: String, label: String?) -> FieldPath {
        var path = self
        path.steps.append((key, label))
        return path
    }

    /// The path of an element of the list here, counted from 1.
    func element(_ number: Int) -> FieldPath { member(String(number), label: nil) }
}
