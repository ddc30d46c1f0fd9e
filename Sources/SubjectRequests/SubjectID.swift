/// The `integrationId` under which Talon.One knows a person, checked to be one that can be addressed.
///
/// It may be an e-mail address, so it never prints itself: `description`, `debugDescription` and the mirror
/// say only that there is one. The text is read where it is meant to be read, through ``value``.
public struct SubjectID: Sendable, Hashable {
    /// The identifier as it stands in the request row and goes into the API call.
    public let value: String

    /// The longest identifier Talon.One knows, in characters (Unicode scalar values, as Postgres counts them).
    public static let maximumLength = 1_000

    /// - Throws: ``InvalidRequest`` where the text cannot be one path segment of a URL: empty, `.`, `..`, over
    ///   1,000 characters, or with a control character in it.
    public init(_ value: String) throws(InvalidRequest) {
        guard !value.isEmpty else { throw InvalidRequest("the integration_id is empty") }
        guard value != ".", value != ".." else {
            throw InvalidRequest("the integration_id is a dot segment, which no URL can address")
        }
        guard value.unicodeScalars.count <= Self.maximumLength else {
            throw InvalidRequest("the integration_id is longer than \(Self.maximumLength) characters")
        }
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw InvalidRequest("the integration_id contains a control character")
        }
        self.value = value
    }
}

extension SubjectID: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that there is an identifier, and not which.
    public var description: String { "(integration id withheld)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Empty, so that dumps show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a request can never be worked as it is. The reason is a sentence for its row, and quotes nothing of it.
public struct InvalidRequest: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without a full stop.
    public let reason: String

    /// - Parameter reason: What is wrong; never a value of the request.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}
