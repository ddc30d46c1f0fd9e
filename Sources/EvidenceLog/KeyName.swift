/// The name of a key, which is also the origin of its log. Usually a URL without its scheme, such as `example.com/log`.
///
/// Names are compared byte by byte, since a signature covers bytes. Swift's strings would treat two encodings of an
/// accented letter as equal.
public struct KeyName: Sendable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// A name that is valid in notes and keys (c2sp.org/signed-note, "Format").
    ///
    /// - Throws: `malformedKey` for a name that is empty or contains a space, a control character or `+`.
    public init(_ name: String) throws(EvidenceLogError) {
        guard !name.isEmpty else { throw EvidenceLogError(.malformedKey, "the key name is empty") }
        for (position, character) in zip(name.unicodeScalars.indices, name.unicodeScalars)
        where character.properties.isWhitespace || character.value < 0x20 || character == "+" {
            throw EvidenceLogError(
                .malformedKey,
                offset: name.utf8.distance(from: name.startIndex, to: position),
                "the key name contains a space, a control character or a plus sign"
            )
        }
        description = name
    }
}

extension KeyName: Hashable {
    /// Whether two names have the same bytes.
    public static func == (left: KeyName, right: KeyName) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8)
    }

    /// Hashes the name's bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in description.utf8 { hasher.combine(byte) }
    }
}
