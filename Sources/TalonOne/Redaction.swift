import Foundation

/// The redaction of the API's messages: it removes what could identify a customer or reveal a key.
///
/// The API quotes what it was sent, so the redaction removes the values of the request in every spelling, and every
/// word that could be an identifier. A message that cannot be redacted reliably is dropped.
struct Redaction: Sendable {
    /// The identifiers and attribute values of the request, and the key.
    let values: [String]

    /// The maximum length of a redacted message, in characters.
    static let limit = 300
    private static let mark = "[…]"
    /// Longer messages are dropped, not cut: a cut could leave half an identifier.
    private static let longest = 4_096
    /// More values than this would take too long to search for; the message is dropped.
    private static let mostValues = 100
    private static let mostBytes = 16 * 1024

    /// The redacted message, or `nil` if it cannot be redacted reliably or no letter is left.
    func callAsFunction(_ message: String) -> String? {
        guard message.unicodeScalars.count <= Self.longest, values.count <= Self.mostValues,
            values.reduce(0, { $0 + $1.utf8.count }) <= Self.mostBytes
        else { return nil }
        let searched = Set(values.flatMap(Self.spellings).filter { !$0.isEmpty })
        var text = Self.withoutControls(message)
        for value in searched.sorted(by: { $0.count > $1.count }) {
            text = Self.remove(value, from: text)
        }
        text = Self.withoutQuotes(text)
        text = text.split(separator: " ").map { Self.looksIdentifying($0) ? Self.mark : String($0) }
            .joined(separator: " ")
        while text.contains("\(Self.mark) \(Self.mark)") {
            text = text.replacingOccurrences(of: "\(Self.mark) \(Self.mark)", with: Self.mark)
        }
        guard text.contains(where: \.isLetter) else { return nil }
        return String(text.prefix(Self.limit))
    }

    /// The value as it is, percent-encoded, form-encoded and JSON-escaped, and its words of four or more characters.
    private static func spellings(_ value: String) -> [String] {
        let encoded = value.utf8.map { byte in
            let isUnreserved =
                byte < 0x80
                && (Character(Unicode.Scalar(byte)).isLetter
                    || Character(Unicode.Scalar(byte)).isNumber || "-._~".utf8.contains(byte))
            return isUnreserved ? String(Unicode.Scalar(byte)) : String(format: "%%%02X", Int(byte))
        }.joined()
        let json = (try? JSONEncoder().encode([value])).map {
            String(decoding: $0.dropFirst(2).dropLast(2), as: UTF8.self)
        }
        let escaped = value.utf16.map {
            $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : String(format: "\\u%04x", Int($0))
        }
        .joined()
        let words = value.split { !$0.isLetter && !$0.isNumber }.filter { $0.count >= 4 }.map(String.init)
        return [
            withoutControls(value), encoded, encoded.replacingOccurrences(of: "%20", with: "+"),
            json ?? "", json?.replacingOccurrences(of: "\\/", with: "/") ?? "", escaped,
        ] + words
    }

    private static func remove(_ value: String, from text: String) -> String {
        let options: String.CompareOptions = [.caseInsensitive, .diacriticInsensitive]
        var result = ""
        var rest = text[...]
        // An empty match would loop forever.
        while let range = rest.range(of: value, options: options), !range.isEmpty {
            // A short identifier occurs inside many words; only as a word of its own does it identify a customer.
            let standsAlone =
                !Self.isWordLike(rest[..<range.lowerBound].last) && !Self.isWordLike(rest[range.upperBound...].first)
            result += rest[..<range.lowerBound]
            result += value.count > 3 || standsAlone ? mark : String(rest[range])
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    private static func isWordLike(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber } ?? false
    }

    /// Replaces NUL, line breaks, escape sequences and direction marks, which could forge log lines.
    private static func withoutControls(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                scalars.append(" ")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// Removes quoted text, which the API may have taken from the request. An unclosed quotation runs to the end.
    private static func withoutQuotes(_ text: String) -> String {
        let closing: [Character: Set<Character>] = [
            "\"": ["\""], "'": ["'"], "`": ["`", "'"], "“": ["”"], "„": ["“", "”"], "‘": ["’"], "«": ["»"], "»": ["«"],
        ]
        var result = ""
        var end: Set<Character>?
        var previous: Character = " "
        for character in text {
            if let closers = end {
                if closers.contains(character) { end = nil }
            } else if let closers = closing[character], character != "'" || !previous.isLetter {
                end = closers
                result += mark
            } else {
                result.append(character)
            }
            previous = character
        }
        return result
    }

    /// Whether a word could be an address, a number, a code, an encoding or a name. A status such as 404 may stay.
    private static func looksIdentifying(_ word: Substring) -> Bool {
        if word == mark[...] { return false }
        let bare = word.replacingOccurrences(of: mark, with: "")
        guard bare.allSatisfy(\.isASCII) else { return true }
        if bare.contains(where: { "@%\\=&{}[]<>".contains($0) }) || bare.contains("://") { return true }
        let digits = bare.filter(\.isNumber).count
        let letters = bare.filter(\.isLetter).count
        if digits > 0 { return digits > 3 || letters > 0 || bare.hasPrefix("+") }
        return letters > 24 || bare.contains(where: { "_-".contains($0) }) && letters > 12
    }
}
