import Foundation

/// The gates that a controller configures. All are off by default: to ask every requester for proof of identity is itself
/// unlawful.
public struct GateRules: Sendable, Hashable {
    /// The channels whose requests need a verified identity, in the form in which channels are compared.
    public let identityChannels: Set<String>
    /// Whether an erasure must be approved by a second operator.
    public var approvesErasures: Bool
    /// The number of days after receipt before an erasure is carried out.
    public var erasureWaitDays: Int

    /// Rules; by default only the gates that the law requires.
    ///
    /// - Parameter identityChannels: Names of channels. Case and surrounding spaces do not matter, so that `Web` in the
    ///   settings and `web` in a row are one.
    public init(identityChannels: Set<String> = [], approvesErasures: Bool = false, erasureWaitDays: Int = 0) {
        self.identityChannels = Set(identityChannels.map(Self.folded))
        self.approvesErasures = approvesErasures
        self.erasureWaitDays = erasureWaitDays
    }

    /// The configured gates of one request.
    public func needs(of right: Right, channel: String?, receivedOn: CivilDate) -> GateNeeds {
        GateNeeds(
            identity: channel.map { identityChannels.contains(Self.folded($0)) } ?? false,
            approval: right == .erasure && approvesErasures,
            notErasedBefore: right == .erasure && erasureWaitDays > 0
                ? receivedOn.adding(days: erasureWaitDays) : nil
        )
    }

    /// A name as `dsr.folded_name` has it in the database, for the names that a channel has.
    private static func folded(_ name: String) -> String {
        name.precomposedStringWithCompatibilityMapping.lowercased().trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// The configured gates of one request.
public struct GateNeeds: Sendable, Hashable {
    /// Whether the requester's identity must be verified, and whether the erasure must be approved.
    public var identity: Bool, approval: Bool
    /// The first date on which the erasure may be carried out; `nil` without a waiting period.
    public var notErasedBefore: CivilDate?

    /// The gates of a request, by default none.
    public init(identity: Bool = false, approval: Bool = false, notErasedBefore: CivilDate? = nil) {
        self.identity = identity
        self.approval = approval
        self.notErasedBefore = notErasedBefore
    }
}
