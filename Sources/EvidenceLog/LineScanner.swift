/// One line of a text, without its newline.
struct Line {
    /// Counted from 1.
    let number: Int
    /// The offset of the line's first byte in the whole text.
    let offset: Int
    let bytes: ArraySlice<UInt8>

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// What follows a prefix, or nil when the line does not begin with it.
    func text(after prefix: String) -> String? {
        guard bytes.starts(with: prefix.utf8) else { return nil }
        return String(decoding: bytes.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}

/// Reads lines, each of which ends with U+000A, and knows where it is.
///
/// It works on bytes, because Swift's characters would join what the formats keep apart.
struct LineScanner {
    private let bytes: ArraySlice<UInt8>
    private(set) var offset: Int
    private(set) var number: Int

    /// - Parameter number: the number of the first line in the text that `bytes` is part of.
    init(_ bytes: ArraySlice<UInt8>, number: Int = 1) {
        self.bytes = bytes
        offset = bytes.startIndex
        self.number = number
    }

    /// The next line, or nil at the end or when the rest is not ended by a newline.
    mutating func next() -> Line? {
        guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer {
            offset = end + 1
            number += 1
        }
        return Line(number: number, offset: offset, bytes: bytes[offset..<end])
    }

    /// What has not been read.
    var rest: ArraySlice<UInt8> { bytes[offset...] }
}
