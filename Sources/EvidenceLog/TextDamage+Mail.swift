import Foundation

/// What mail programs do to a text in the body of a message, and how it is undone. A proof consists of its header, at most
/// one long line, short lines, and signatures that begin with a dash; this tells its lines from others.
extension TextDamage {
    private static let header = Array("c2sp.org/tlog-proof@v1".utf8)
    private static let extra = Array("extra ".utf8)
    private static let index = Array("index ".utf8)

    /// The text without the transfer encoding of a message. Base64 in a proof has no `=` before other characters.
    static func decoded(_ text: [UInt8], _ changes: inout [String]) -> [UInt8] {
        if let whole = Data(base64Encoded: Data(text.filter { $0 != newline })), whole.starts(with: header) {
            changes.append("it is in base64")
            return Array(whole)
        }
        var result: [UInt8] = []
        var isEncoded = false
        var position = 0
        while position < text.count {
            let next = text[(position + 1)...].prefix(2)
            if text[position] == UInt8(ascii: "="), next.first == newline {
                position += 2
            } else if text[position] == UInt8(ascii: "="), next.count == 2,
                let byte = UInt8(String(decoding: next, as: UTF8.self), radix: 16)
            {
                isEncoded = true
                result.append(byte)
                position += 3
            } else {
                result.append(text[position])
                position += 1
            }
        }
        guard isEncoded else { return text }
        changes.append("it is in quoted-printable")
        return result
    }

    /// Removes the marks of a quotation, where every line has one.
    static func unquote(_ lines: inout [[UInt8]], _ changes: inout [String]) {
        let mark = UInt8(ascii: ">")
        guard !lines.isEmpty, lines.allSatisfy({ $0.isEmpty || $0.first == mark }),
            lines.contains(where: { !$0.isEmpty })
        else { return }
        changes.append("it is quoted")
        lines = lines.map { Array($0.drop { $0 == mark }) }
    }

    /// Removes empty lines around the proof, and those after each line.
    static func removeEmptyLines(_ lines: inout [[UInt8]], _ changes: inout [String]) {
        let before = lines
        lines.trimPrefix(while: \.isEmpty)
        while lines.last?.isEmpty == true { lines.removeLast() }
        let isDoubled = lines.count > 2 && lines.indices.allSatisfy { $0 % 2 == 0 || lines[$0].isEmpty }
        if isDoubled { lines = lines.indices.filter { $0 % 2 == 0 }.map { lines[$0] } }
        if lines != before { changes.append("empty lines were added") }
    }

    /// Removes the text before and after the proof, such as the footer of a mailing list.
    static func removeSurroundings(_ lines: inout [[UInt8]], _ changes: inout [String]) {
        let before = lines
        if let first = lines.firstIndex(of: header) { lines.removeFirst(first) }
        if let last = lines.lastIndex(where: { $0.starts(with: emDash) }) {
            let end =
                lines[(last + 1)...].firstIndex(where: \.isEmpty)
                ?? lines[(last + 1)...].firstIndex { $0.contains(0x20) || $0 == [0x2D, 0x2D] }
            if let end { lines.removeSubrange(end...) }
        }
        if lines != before { changes.append("text was added before or after it") }
    }

    /// Joins the parts of wrapped lines.
    static func unwrap(_ lines: inout [[UInt8]], _ changes: inout [String]) {
        var result: [[UInt8]] = []
        for line in lines {
            guard let last = result.last, !line.isEmpty else {
                result.append(line)
                continue
            }
            let isPartOfExtra = last.starts(with: extra) && !line.starts(with: index)
            let isPartOfSignature = last.starts(with: emDash) && !line.starts(with: emDash)
            guard isPartOfExtra || isPartOfSignature else {
                result.append(line)
                continue
            }
            // A line may have been wrapped at the blank before its last word.
            let needsBlank = isPartOfSignature && last.count { $0 == 0x20 } < 2
            result[result.count - 1] += (needsBlank ? [0x20] : []) + line
        }
        guard result != lines else { return }
        changes.append("its long lines were wrapped")
        lines = result
    }
}
