/// The name of a key, which is also a log's origin: a URL without its scheme is usual, as in `example.com/log`.
///
/// Two names are the same only if their bytes are. Swift's strings would take two spellings of an accented letter for
/// one, and a signature is over bytes.
public struct KeyName: Sendable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// A name that may stand in notes and keys (c2sp.org/signed-note, "Format").
    ///
    /// - Throws: `malformedKey` for a name that is empty or holds a space, a control character or `+`.
    public init(_ name: String) throws(EvidenceLogError) {
        guard !name.isEmpty else { throw EvidenceLogError(.malformedKey, "the name of a key is empty") }
        for (position, character) in zip(name.unicodeScalars.indices, name.unicodeScalars)
        where character.properties.isWhitespace || character.value < 0x20 || character == "+" {
            throw EvidenceLogError(
                .malformedKey,
                offset: name.utf8.distance(from: name.startIndex, to: position),
                "the name of a key holds a space, a control character or a plus sign"
            )
        }
        description = name
    }
}

extension KeyName: Hashable {
    /// Whether two names consist of the same bytes.
    public static func == (left: KeyName, right: KeyName) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8)
    }

    /// Hashes the name's bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in description.utf8 { hasher.combine(byte) }
    }
}
