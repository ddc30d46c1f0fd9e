public import Foundation

/// What the evidence log and its last signed checkpoint are at one instant.
public struct EvidenceState: Sendable, Hashable {
    /// Entries in the log.
    public var entries = 0
    /// Entries under the last signed checkpoint; 0 where none was signed.
    public var signedEntries = 0
    /// When that checkpoint was signed; `nil` where none was.
    public var signedAt: Date?
    /// Whether that checkpoint was written to a file outside the database.
    public var isFiled = false

    /// An empty log.
    public init() {}

    /// Entries that no checkpoint covers yet.
    public var unsignedEntries: Int { entries - signedEntries }
}
