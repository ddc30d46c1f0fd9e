import Foundation

/// Unescapes and escapes the text of JSON strings.
enum JSONString {
    /// Resolves the escapes of a string that the scanner has accepted. A `\u` escape that is one half of a surrogate
    /// pair without the other becomes U+FFFD, since a Swift string cannot hold it.
    static func unescaped(_ body: ArraySlice<UInt8>) -> String {
        guard body.contains(UInt8(ascii: "\\")) else { return String(decoding: body, as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(body.count)
        var rest = body
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text.append(contentsOf: String(scalar(&rest)).utf8)
            case .some(let literal): text.append(literal)
            case .none: break
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The UTF-16 code units of a string literal that the scanner has accepted, quotes included in `literal`. They tell
    /// any two strings apart that JSON can hold, half a surrogate pair included.
    static func codeUnits(_ literal: Data) -> [UInt16] {
        let body = [UInt8](literal.dropFirst().dropLast())
        guard body.contains(UInt8(ascii: "\\")) else { return Array(String(decoding: body, as: UTF8.self).utf16) }
        var units: [UInt16] = []
        var rest = body[...]
        while !rest.isEmpty {
            if rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
                rest = rest.dropFirst(2)
                units.append(UInt16(codeUnit(&rest)))
            } else {
                // A plain part, or one two-byte escape.
                let isEscape = rest.first == UInt8(ascii: "\\")
                let part = isEscape ? rest.prefix(2) : rest.prefix { $0 != UInt8(ascii: "\\") }
                units.append(contentsOf: unescaped(part).utf16)
                rest = rest.dropFirst(part.count)
            }
        }
        return units
    }

    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let first = codeUnit(&rest)
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? replacement }
        guard rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return replacement }
        var afterEscape = rest.dropFirst(2)
        let second = codeUnit(&afterEscape)
        guard (0xDC00..<0xE000).contains(second) else { return replacement }
        rest = afterEscape
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
    }

    private static func codeUnit(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
    }

    /// The string as a JSON literal, quotes included. Line separators and DEL are escaped too: they are legal, but
    /// break tools that read a document line by line.
    static func quoted(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            case "\u{0}"..<" ", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}
