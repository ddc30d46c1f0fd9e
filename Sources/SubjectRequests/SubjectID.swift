/// A customer's `integrationId` in Talon.One, validated so that it can be part of a URL.
///
/// It may be an e-mail address, so it never prints itself: `description`, `debugDescription` and the mirror only say that
/// there is one. The text is available through ``value``.
public struct SubjectID: Sendable, Hashable {
    /// The identifier, exactly as it is in the request's row and is sent to the API.
    public let value: String

    /// The length limit of Talon.One, in characters (Unicode scalar values, as Postgres counts them).
    public static let maximumLength = 1_000

    /// Validates an identifier.
    ///
    /// - Throws: ``InvalidRequest`` if the text cannot be one path segment of a URL: it is empty, `.` or `..`, has more
    ///   than 1,000 characters, or contains a control character.
    public init(_ value: String) throws(InvalidRequest) {
        guard !value.isEmpty else { throw InvalidRequest("the integration_id is empty") }
        guard value != ".", value != ".." else {
            throw InvalidRequest("the integration_id is a dot segment, which cannot be part of a URL")
        }
        guard value.unicodeScalars.count <= Self.maximumLength else {
            throw InvalidRequest("the integration_id is longer than 1,000 characters")
        }
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw InvalidRequest("the integration_id contains a control character")
        }
        self.value = value
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
