public import Foundation

/// A JSON value that keeps its exact bytes.
///
/// Foundation's decoders keep neither the order of members, nor duplicates, nor the text of a number; an export that
/// promises the answer as it came needs all three. Parsing validates strictly (RFC 8259, and UTF-8 by the Unicode
/// standard's table 3-7), takes linear time, and does not recurse. The tree takes 16 bytes a value and one copy of
/// the bytes. Duplicate member names are kept; the grammar allows them.
public struct RawJSON: Sendable {
    /// The kinds of JSON values.
    public enum Kind: UInt8, Sendable {
        /// `{…}`
        case object
        /// `[…]`
        case array
        /// `"…"`
        case string
        /// Any number; its text is kept as written.
        case number
        /// `true` or `false`
        case boolean
        /// `null`
        case null
    }

    /// The position of a value in its document. Valid only in the document that it came from.
    public struct Place: Hashable, Sendable {
        let index: Int
    }

    /// One name and value of an object.
    public struct Member: Sendable {
        /// The name as a value of its own: raw bytes, unescaped text, and range.
        public let key: RawJSON
        /// The value.
        public let value: RawJSON
        /// The name, unescaped.
        public var name: String { key.stringValue ?? "" }
    }

    let tape: JSONTape
    let index: Int

    /// Reads one JSON text.
    ///
    /// - Parameters:
    ///   - data: The bytes, without a byte order mark.
    ///   - depthLimit: The most arrays and objects that may be open at once.
    ///   - valueLimit: The most values and names of members. A value can be two bytes of JSON, and takes many times that in
    ///     memory once something is made of it.
    /// - Returns: The outermost value.
    /// - Throws: `JSONError` with the offset of the first byte that is not valid.
    public static func parse(
        _ data: Data,
        depthLimit: Int = 128,
        valueLimit: Int = .max
    ) throws(JSONError) -> RawJSON {
        var scanner = try JSONScanner([UInt8](data), depthLimit: depthLimit, valueLimit: valueLimit)
        return RawJSON(tape: try scanner.scan(), index: 0)
    }

    private var node: JSONTape.Node { tape.nodes[index] }

    /// The kind of the value.
    public var kind: Kind { node.kind }

    /// The position of the value, for `removing(_:)` and for sets of places.
    public var place: Place { Place(index: index) }

    /// The byte range of the value in the document it was parsed from.
    public var range: Range<Int> { Int(node.start)..<Int(node.end) }

    /// The exact bytes of the value.
    public var bytes: Data { Data(tape.bytes[range]) }

    /// The members of an object in their order, duplicates included; empty for every other kind.
    public var members: [Member] {
        guard kind == .object else { return [] }
        return tape.children(of: index).map { key in
            Member(key: RawJSON(tape: tape, index: key), value: RawJSON(tape: tape, index: key + 1))
        }
    }

    /// The elements of an array in their order; empty for every other kind.
    public var elements: [RawJSON] {
        guard kind == .array else { return [] }
        return tape.children(of: index).map { RawJSON(tape: tape, index: $0) }
    }

    /// The text of a string with its escapes resolved; a lone surrogate becomes U+FFFD. Nil for every other kind.
    public var stringValue: String? {
        guard kind == .string else { return nil }
        return JSONString.unescaped(tape.bytes[(range.lowerBound + 1)..<(range.upperBound - 1)])
    }

    /// The UTF-16 code units of a string with its escapes resolved. They tell any two strings apart that JSON can hold, half a
    /// surrogate pair included, and two spellings that Unicode calls equivalent. Nil for every other kind.
    package var codeUnits: [UInt16]? {
        kind == .string ? JSONString.codeUnits(bytes) : nil
    }

    /// The number as it was written, digit for digit. Nil for every other kind.
    public var numberText: String? {
        guard kind == .number else { return nil }
        return String(decoding: tape.bytes[range], as: UTF8.self)
    }

    /// Whether the value is the literal `true`; nil for anything but `true` and `false`.
    public var boolValue: Bool? {
        guard kind == .boolean else { return nil }
        return tape.bytes[range.lowerBound] == UInt8(ascii: "t")
    }

    /// The values of every member with this name, in order. Names are compared by their code points, so that two
    /// spellings that Unicode calls equivalent stay two names.
    public func values(named name: String) -> [RawJSON] {
        members.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
    }

    /// The whole document that the value was parsed from, byte for byte.
    package var document: Data { Data(tape.bytes) }

    /// The number of values that a reader sees: strings, numbers, literals, and empty arrays and objects in this value.
    public var leafCount: Int {
        tape.leafCount(of: index)
    }
}

extension RawJSON: CustomStringConvertible, CustomReflectable {
    /// Says how long the value is, and nothing of it.
    public var description: String { "(JSON withheld, \(range.count) bytes)" }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
