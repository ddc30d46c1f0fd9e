import Mustache

/// Escaping for text and attribute values in HTML.
///
/// The library's own HTML type compares whole grapheme clusters, so a `"` followed by a combining mark would not be
/// escaped. This one compares code points. It also escapes braces, so that no later reader of the document can take a
/// value for a template tag. Characters that HTML forbids are replaced: control characters by their pictures, U+FFFE
/// and U+FFFF by U+FFFD.
struct StrictHTML: MustacheContentType {
    /// The name that a template's `CONTENT_TYPE` pragma uses.
    static let name = "STRICT_HTML"

    func escapeText(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + text.utf8.count / 8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): escaped.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): escaped.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): escaped.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): escaped.append(contentsOf: "&#39;".utf8)
            case UInt8(ascii: "{"): escaped.append(contentsOf: "&#123;".utf8)
            case UInt8(ascii: "}"): escaped.append(contentsOf: "&#125;".utf8)
            case 0x09, 0x0A: escaped.append(byte)
            // U+2400 to U+241F are the pictures of U+0000 to U+001F; U+2421 is that of DEL.
            case 0x00..<0x20: escaped.append(contentsOf: [0xE2, 0x90, 0x80 + byte])
            case 0x7F: escaped.append(contentsOf: [0xE2, 0x90, 0xA1])
            // U+FFFE and U+FFFF are EF BF BE and EF BF BF; a BF after EF BF can be nothing else.
            case 0xBE...0xBF where escaped.suffix(2).elementsEqual([0xEF, 0xBF]): escaped.append(0xBD)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
