/// One line of a text, without its newline.
struct Line {
    /// The line's number in the text, counted from 1.
    let number: Int
    /// The offset of the line's first byte in the whole text.
    let offset: Int
    let bytes: ArraySlice<UInt8>

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text after a prefix; nil if the line does not start with it.
    func text(after prefix: String) -> String? {
        guard bytes.starts(with: prefix.utf8) else { return nil }
        return String(decoding: bytes.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}

/// Splits bytes into lines that end with U+000A, and tracks line number and offset.
///
/// Works on bytes, because Swift would combine some sequences of characters into one.
struct LineScanner {
    private let bytes: ArraySlice<UInt8>
    private(set) var offset: Int
    private(set) var number: Int

    /// A scanner at the first of these bytes.
    ///
    /// - Parameter number: the line number of the first line in the whole text.
    init(_ bytes: ArraySlice<UInt8>, number: Int = 1) {
        self.bytes = bytes
        offset = bytes.startIndex
        self.number = number
    }

    /// The next line; nil at the end, or if the rest has no newline.
    mutating func next() -> Line? {
        guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer {
            offset = end + 1
            number += 1
        }
        return Line(number: number, offset: offset, bytes: bytes[offset..<end])
    }

    /// The bytes that were not read yet.
    var rest: ArraySlice<UInt8> { bytes[offset...] }
}
