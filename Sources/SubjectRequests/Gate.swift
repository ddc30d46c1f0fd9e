/// Something that must be so before a request is worked. A waiting request waits for the first that is closed.
public enum Gate: String, Sendable, Hashable, CaseIterable {
    /// Nobody has made sure yet who asks (Art. 12(6) GDPR).
    case identity
    /// The person was asked what they mean, and has not answered (Recital 63 GDPR).
    case clarification
    /// An older request of the same person, or one that must come first, is still open.
    case olderRequest = "older_request"
    /// An access or portability of the same person failed, and an erasure would make it unanswerable for good.
    case failedRequest = "failed_request"
    /// The erasure is not approved, or was approved with another content.
    case approval
    /// The person's data is kept for a reason of Art. 17(3) GDPR.
    case legalHold = "legal_hold"
    /// There are legal holds, and whether one is of this person cannot be told: the digests are of different keys.
    case holdUncertain = "hold_uncertain"
    /// The erasure may be thought over.
    case waitingPeriod = "waiting_period"
    /// More erasures are due than a run carries out without being told to.
    case brake

    /// Whether it stays closed until somebody does something.
    public var needsAPerson: Bool {
        switch self {
        case .identity, .clarification, .failedRequest, .approval, .holdUncertain, .brake: true
        case .olderRequest, .legalHold, .waitingPeriod: false
        }
    }

    /// What it means that the gate is closed, and what opens it.
    public var explanation: String {
        switch self {
        case .identity:
            "Nobody has checked yet who asks (Art. 12(6) GDPR); 'dsr requests verify' says that somebody has."
        case .clarification:
            "The person was asked what they mean (Recital 63 GDPR); 'dsr requests resume' says that they have answered."
        case .olderRequest:
            "Another request of the same person is answered first; this one follows by itself."
        case .failedRequest:
            "An access or portability of the same person failed, and cannot be answered after an erasure; "
                + "'dsr requests retry', 'refuse' or 'cancel' settles that one."
        case .approval:
            "The erasure is not approved, or was approved with another content; 'dsr requests approve' approves it, by "
                + "somebody who did not request it."
        case .legalHold:
            "A legal hold keeps the person's data (Art. 17(3) GDPR); the erasure follows by itself once the hold is "
                + "released or has expired."
        case .holdUncertain:
            "There are legal holds, and it cannot be told whether one is of this person: set DSR_SUBJECT_KEY_FILE to the "
                + "key they were placed with, or place them again with the present key."
        case .waitingPeriod:
            "The erasure can still be thought over; 'dsr requests cancel' withdraws it."
        case .brake:
            "More erasures are due than one run carries out unasked; 'dsr run --allow-spike TICKET' lets them through."
        }
    }
}

/// What the controller asks of requests before they are worked. All of it is off unless it is switched on: to ask everybody
/// for proof of who they are is itself against the law.
public struct GateRules: Sendable, Hashable {
    /// The channels whose requests need an identity check.
    public var identityChannels: Set<String>
    /// Whether an erasure must be approved by a second person.
    public var approvesErasures: Bool
    /// How many days after receipt an erasure may be thought over.
    public var erasureWaitDays: Int

    /// No gate but those that the law closes.
    public init(identityChannels: Set<String> = [], approvesErasures: Bool = false, erasureWaitDays: Int = 0) {
        self.identityChannels = identityChannels
        self.approvesErasures = approvesErasures
        self.erasureWaitDays = erasureWaitDays
    }

    /// What one request needs.
    public func needs(of right: Right, channel: String?, receivedOn: CivilDate) -> GateNeeds {
        GateNeeds(
            identity: channel.map(identityChannels.contains) ?? false,
            approval: right == .erasure && approvesErasures,
            notErasedBefore: right == .erasure && erasureWaitDays > 0
                ? receivedOn.adding(days: erasureWaitDays) : nil
        )
    }
}

/// What one request needs before it may be worked.
public struct GateNeeds: Sendable, Hashable {
    /// Whether somebody must check who asks, and whether somebody must approve.
    public var identity: Bool, approval: Bool
    /// The first day on which it may be carried out, where it may be thought over.
    public var notErasedBefore: CivilDate?

    /// Nothing, unless said otherwise.
    public init(identity: Bool = false, approval: Bool = false, notErasedBefore: CivilDate? = nil) {
        self.identity = identity
        self.approval = approval
        self.notErasedBefore = notErasedBefore
    }
}
