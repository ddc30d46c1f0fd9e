/// A customer's `integrationId` in Talon.One, validated so that it can be part of a URL and has no hidden characters.
///
/// It may be an e-mail address, so it never prints itself: `description`, `debugDescription` and the mirror only say that
/// there is one. The text is available through ``value``.
public struct SubjectID: Sendable, Hashable {
    /// The identifier, exactly as it is in the request's row and is sent to the API.
    public let value: String

    /// The length limit of Talon.One, in characters (Unicode scalar values, as Postgres counts them).
    public static let maximumLength = 1_000

    /// Validates an identifier. It is opaque, so it is never trimmed or corrected. The database validates the same rule,
    /// in `dsr.identifier_problem`.
    ///
    /// - Throws: ``InvalidRequest`` if the text cannot be one path segment of a URL (it is empty, `.` or `..`, or has more
    ///   than 1,000 characters), or if it would be taken for another identifier: it begins or ends with white space, or
    ///   contains a control character, an invisible character, or a blank other than U+0020.
    public init(_ value: String) throws(InvalidRequest) {
        if let problem = Self.problem(of: Array(value.unicodeScalars)) {
            throw InvalidRequest("the integration_id \(problem)")
        }
        self.value = value
    }

    private static func problem(of scalars: [Unicode.Scalar]) -> String? {
        guard let first = scalars.first, let last = scalars.last else { return "is empty" }
        if (1...2).contains(scalars.count), scalars.allSatisfy({ $0 == "." }) {
            return "is a dot segment, which cannot be part of a URL"
        }
        if scalars.count > maximumLength { return "is longer than 1,000 characters" }
        if first == "\u{FEFF}" { return "begins with a byte order mark (U+FEFF)" }
        if first.properties.isWhitespace || last.properties.isWhitespace { return "begins or ends with white space" }
        guard let hidden = scalars.first(where: \.isHidden) else { return nil }
        return "contains U+\(hidden.hexadecimal); control characters, invisible characters and blanks other than "
            + "U+0020 are not allowed"
    }
}

extension Unicode.Scalar {
    /// Whether a reader cannot see the character or cannot tell it from a blank: a control or format character, one that
    /// Unicode leaves out of the display by default (a variation selector, a filler), a separator of lines or paragraphs,
    /// or a blank other than U+0020.
    public var isHidden: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        case .spaceSeparator: self != " "
        default: properties.isDefaultIgnorableCodePoint
        }
    }

    /// Its number as Unicode writes it, in at least four digits.
    fileprivate var hexadecimal: String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension SubjectID {
    /// Compares byte for byte: Swift takes two spellings that Unicode calls equivalent for one text.
    public static func == (left: SubjectID, right: SubjectID) -> Bool {
        left.value.utf8.elementsEqual(right.value.utf8)
    }
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(Array(value.utf8))
    }
}

extension SubjectID: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that there is an identifier, but not which.
    public var description: String { "(integration id withheld)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
