import Foundation

/// The gates that a controller configures. All are off by default: to ask every requester for proof of identity is itself
/// unlawful.
public struct GateRules: Sendable, Hashable {
    /// Whether the requester's identity must be verified.
    public var checksIdentity: Bool
    /// Channels that have verified the identity themselves, in the form in which channels are compared. Requests that came
    /// through any other channel, or through one that is not named, are checked.
    public var trustedChannels: Set<String>
    /// Whether an erasure must be approved by a second operator.
    public var approvesErasures: Bool
    /// The number of days after receipt before an erasure is carried out.
    public var erasureWaitDays: Int

    /// Rules; by default only the gates that the law requires.
    ///
    /// - Parameter trustedChannels: Names of channels. Case and surrounding spaces do not matter, so that `Account` in the
    ///   settings and `account` in a row are one.
    public init(
        checksIdentity: Bool = false,
        trustedChannels: Set<String> = [],
        approvesErasures: Bool = false,
        erasureWaitDays: Int = 0
    ) {
        self.checksIdentity = checksIdentity
        self.trustedChannels = Set(trustedChannels.map(Self.folded))
        self.approvesErasures = approvesErasures
        self.erasureWaitDays = erasureWaitDays
    }

    /// These rules, made stricter where others are stricter.
    public func tightened(by other: GateRules) -> GateRules {
        var rules = self
        rules.checksIdentity = checksIdentity || other.checksIdentity
        // A channel is trusted where all who check trust it.
        rules.trustedChannels =
            [self, other].filter(\.checksIdentity).map(\.trustedChannels)
            .reduce(nil) { both, own in both?.intersection(own) ?? own } ?? []
        rules.approvesErasures = approvesErasures || other.approvesErasures
        rules.erasureWaitDays = max(erasureWaitDays, other.erasureWaitDays)
        return rules
    }

    /// The configured gates of one request.
    public func needs(of right: Right, channel: String?, receivedOn: CivilDate) -> GateNeeds {
        GateNeeds(
            identity: checksIdentity && !(channel.map { trustedChannels.contains(Self.folded($0)) } ?? false),
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
