public import Foundation

/// The harmless changes that mail programs, editors and terminals make to a text file: other line ends, blanks around
/// lines, a byte order mark, another encoding, a replaced dash, wrapped lines, marks of a quotation.
///
/// The formats of the log are exact to the byte, so such a file is invalid. It is damaged, not forged, and its recipient
/// should be told so.
public struct TextDamage: Sendable {
    /// The bytes with the changes undone.
    public let repaired: Data
    /// What was changed, for example "its lines end with CR LF".
    public let description: String

    /// Finds such changes; `nil` if there are none.
    public init?(_ data: Data) {
        var changes: [String] = []
        var text = Self.utf8(Array(data), &changes)
        if text.contains(Self.carriageReturn) {
            let pairs = zip(text, text.dropFirst()).contains { $0 == Self.carriageReturn && $1 == Self.newline }
            changes.append("its lines end with \(pairs ? "CR LF" : "CR") instead of LF")
            text = Self.withoutCarriageReturns(text)
        }
        if text.last != Self.newline {
            changes.append("its last line has no end")
            text.append(Self.newline)
        }
        text = Self.decoded(text, &changes)
        var lines = text.dropLast().split(separator: Self.newline, omittingEmptySubsequences: false).map(Array.init)
        Self.unquote(&lines, &changes)
        Self.change(&lines, "lines begin with blanks", &changes) { Array($0.drop { $0 == 0x20 || $0 == 0x09 }) }
        Self.change(&lines, "lines end with blanks", &changes) { line in
            Array(line[..<(line.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? 0)])
        }
        Self.change(&lines, "spaces were replaced", &changes) {
            $0.replacing([0xC2, 0xA0], with: [0x20]).replacing([0x09], with: [0x20])
        }
        Self.change(&lines, "the dash before a signature was replaced", &changes) { line in
            Self.dashes.first(where: line.starts(with:)).map { Self.emDash + line.dropFirst($0.count) } ?? line
        }
        Self.removeEmptyLines(&lines, &changes)
        Self.removeSurroundings(&lines, &changes)
        Self.unwrap(&lines, &changes)
        guard !changes.isEmpty else { return nil }
        repaired = Data(lines.map { $0 + [Self.newline] }.joined())
        description = changes.joined(separator: ", ")
    }

    static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    static let emDash = Array("\u{2014} ".utf8)
    /// A hyphen, two hyphens, an en dash, the em dash of Windows-1252, and what programs write for a character that they
    /// do not know.
    private static let dashes: [[UInt8]] = [
        [0x2D, 0x20], [0x2D, 0x2D, 0x20], [0xE2, 0x80, 0x93, 0x20], [0x97, 0x20], [0x3F, 0x20],
        [0xEF, 0xBF, 0xBD, 0x20], Array("\u{E2}\u{20AC}\u{201D} ".utf8), Array("\u{E2}\u{80}\u{94} ".utf8),
    ]

    /// The text without byte order mark, from UTF-16 if it is that.
    private static func utf8(_ bytes: [UInt8], _ changes: inout [String]) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            changes.append("it begins with a byte order mark")
            return Array(bytes.dropFirst(3))
        }
        let encodings: [[UInt8]: String.Encoding] = [[0xFF, 0xFE]: .utf16LittleEndian, [0xFE, 0xFF]: .utf16BigEndian]
        let encoding = encodings[Array(bytes.prefix(2))]
        guard let encoding, let text = String(data: Data(bytes.dropFirst(2)), encoding: encoding) else { return bytes }
        changes.append("it is in UTF-16")
        return Array(text.utf8)
    }

    private static func withoutCarriageReturns(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for (position, byte) in bytes.enumerated() {
            if byte != carriageReturn {
                result.append(byte)
            } else if position + 1 == bytes.count || bytes[position + 1] != newline {
                result.append(newline)
            }
        }
        return result
    }

    private static func change(
        _ lines: inout [[UInt8]],
        _ what: String,
        _ changes: inout [String],
        _ repair: ([UInt8]) -> [UInt8]
    ) {
        let repaired = lines.map(repair)
        guard repaired != lines else { return }
        changes.append(what)
        lines = repaired
    }
}
