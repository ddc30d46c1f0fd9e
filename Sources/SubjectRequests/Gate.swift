/// A precondition for processing a request. A waiting request waits for the first gate that is closed.
public enum Gate: String, Sendable, Hashable, CaseIterable {
    /// Closed until the requester's identity is verified (Art. 12(6) GDPR).
    case identity
    /// Closed until the customer answers the question what they mean (Recital 63 GDPR).
    case clarification
    /// Closed while another request of the same customer must be answered first.
    case olderRequest = "older_request"
    /// Closed while an access or portability of the same customer is failed, because an erasure would make it impossible to
    /// answer.
    case failedRequest = "failed_request"
    /// Closed until the erasure is approved, and again if it changes after approval.
    case approval
    /// Closed while a legal hold keeps the customer's data (Art. 17(3) GDPR).
    case legalHold = "legal_hold"
    /// Closed while dsr cannot tell whether a legal hold is on the customer, because digests were made with different keys.
    case holdUncertain = "hold_uncertain"
    /// Closed until the waiting period of the erasure ends.
    case waitingPeriod = "waiting_period"
    /// Closed while more erasures are due than one run carries out without permission.
    case brake
    /// Closed while unusually many customers are unknown to Talon.One, until another run looks the customer up again.
    case unknownCustomers = "unknown_customers"
    /// Closed while a customer whom dsr has answered with data is unknown to Talon.One, and no erasure explains it, until
    /// another run looks the customer up again.
    case knownBefore = "known_before"

    /// Closed while the configuration lacks a text of the controller that the answer must contain.
    case controllerTexts = "controller_texts"

    /// The gates that hold back many requests at once, because there are unusually many.
    public static let brakes: [Gate] = [.brake, .unknownCustomers]

    /// The gates that a run closes for many requests at once, so that they are reported together.
    public static let collective: [Gate] = brakes + [.controllerTexts]

    /// Whether the gate stays closed until an operator acts.
    public var needsAction: Bool {
        switch self {
        case .identity, .clarification, .failedRequest, .approval, .holdUncertain, .brake, .unknownCustomers,
            .knownBefore, .controllerTexts:
            true
        case .olderRequest, .legalHold, .waitingPeriod: false
        }
    }

    /// Whether waiting for an operator is routine here: it needs action only once it takes long.
    public var isRoutine: Bool {
        switch self {
        case .identity, .clarification, .approval: true
        case .olderRequest, .failedRequest, .legalHold, .holdUncertain, .waitingPeriod, .brake,
            .unknownCustomers, .knownBefore, .controllerTexts:
            false
        }
    }

    /// Why the gate is closed, and what opens it, for operators.
    public var explanation: String {
        switch self {
        case .identity:
            "The requester's identity is not verified (Art. 12(6) GDPR). Record the verification with "
                + "'dsr requests verify'."
        case .clarification:
            "The customer was asked what they mean (Recital 63 GDPR). Record the answer with 'dsr requests resume'."
        case .olderRequest:
            "Another request of the same customer is answered first. This one continues automatically."
        case .failedRequest:
            "An access or portability of the same customer failed, and cannot be answered after an erasure. Settle it "
                + "with 'dsr requests retry', 'refuse' or 'cancel'."
        case .approval:
            "The erasure is not approved, or changed after approval. An operator who is not the requester approves it "
                + "with 'dsr requests approve'."
        case .legalHold:
            "A legal hold keeps the customer's data (Art. 17(3) GDPR). The erasure continues automatically when the hold "
                + "is released or expires."
        case .holdUncertain:
            "There are legal holds, and dsr cannot tell whether one of them is on this customer. Add the key with which the "
                + "holds were placed to DSR_SUBJECT_OLD_KEY_FILES, or place the holds again with the current key."
        case .waitingPeriod:
            "The waiting period of the erasure has not ended. The request can be withdrawn with 'dsr requests cancel'."
        case .brake:
            "More erasures are due than one run carries out without permission. Allow them with "
                + "'dsr run --allow-spike TICKET'."
        case .unknownCustomers:
            "Unusually many customers are unknown to Talon.One, so the answer \"no data\" is held back. Check that the API key "
                + "belongs to the right environment and account. Each run looks the customer up again; "
                + "'dsr run --allow-unknown TICKET' allows the answer."
        case .knownBefore:
            "Talon.One does not know a customer whom it knew for an earlier request, and no erasure was completed since. Check "
                + "that the API key belongs to the right environment and account, and who deleted the customer. Each run looks "
                + "the customer up again; 'dsr run --allow-unknown TICKET' allows the answer."
        case .controllerTexts:
            "The configuration lacks texts of the controller that the answer must contain (Art. 12 and 15 GDPR). "
                + "'dsr run --dry-run' names them. Each run checks again."
        }
    }
}
