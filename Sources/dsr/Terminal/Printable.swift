import SubjectRequests

/// Text that is not ours, such as a channel or a name, made harmless for a terminal: an escape sequence could move the
/// cursor and forge lines.
extension String {
    /// One line in which every control character and every invisible character is shown by its number, as in `\x1b`.
    var printable: String { escaping { $0.isHidden && $0 != "\u{A0}" } }

    /// The text with its line breaks and tabs, in which every other control character is shown by its number.
    var withoutControls: String {
        escaping { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" }
    }

    private func escaping(_ isEscaped: (Unicode.Scalar) -> Bool) -> String {
        guard unicodeScalars.contains(where: isEscaped) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            guard isEscaped(scalar) else { return text.unicodeScalars.append(scalar) }
            let digits = String(scalar.value, radix: 16)
            text +=
                scalar.value < 0x100
                ? "\\x" + String(repeating: "0", count: 2 - digits.count) + digits : "\\u{\(digits)}"
        }
    }
}
