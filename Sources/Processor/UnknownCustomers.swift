import SubjectRequests

/// The answers of a run that customers are unknown, kept until it is clear whether there are unusually many of them.
struct UnknownCustomers {
    /// The maximum number of answers that are kept. More known than unknown customers among twice as many are proof enough.
    private static let limit = 256

    private var brake: UnknownBrake?
    private let ticket: String?
    private var kept: [Resolution] = []
    private var lookups = UnknownBrake.Lookups()
    private var reason: UnknownBrake.Reason?
    private var isAllowed = false

    /// Why the answers are held back; `nil` while they are not.
    private(set) var heldBack: UnknownBrake.Reason?

    /// No answers yet.
    ///
    /// - Parameters:
    ///   - brake: What finds the number unusual; `nil` where nothing does.
    ///   - ticket: The ticket that allows it.
    init(_ brake: UnknownBrake?, ticket: String?) {
        self.brake = brake
        self.ticket = ticket
    }

    /// Whether no answer is kept, and whether as many are as may be.
    var isEmpty: Bool { kept.isEmpty }
    var isFull: Bool { kept.count >= Self.limit }
    /// The requests whose answers are kept.
    var requests: [Int64] { kept.map(\.claim.request) }

    /// What later runs compare with: an operator who allowed unknown customers has looked at them.
    var lookupsToCompare: UnknownBrake.Lookups {
        .init(known: lookups.known, unknown: ticket == nil && heldBack == nil ? lookups.unknown : 0)
    }

    /// The canary customer is known, which shows as much as the customer of a request.
    mutating func noteCanary() {
        brake?.noteKnownCustomer()
    }

    /// Counts a known customer.
    mutating func note(_ resolution: Resolution) {
        if resolution.isKnownCustomer { lookups.known += 1 }
    }

    /// Keeps the answer that a customer is unknown.
    mutating func add(_ resolution: Resolution) {
        lookups.unknown += 1
        kept.append(resolution)
    }

    /// How many customers are unknown, where that is unusual and was not noted yet.
    mutating func unusual() -> Int? {
        guard heldBack == nil, !isAllowed else { return nil }
        reason = brake?.reason(lookups)
        return reason == nil ? nil : lookups.unknown
    }

    /// What was found unusual is noted: from now on it is held back, or allowed by the ticket.
    mutating func settleReason() {
        if ticket == nil { heldBack = reason } else { isAllowed = true }
    }

    /// The answers as they are recorded. None is kept any more.
    mutating func resolved() -> [Resolution] {
        guard let heldBack else { return take() }
        return take().map { $0.heldBack(behind: .unknownCustomers, reason: "The answer is held back: \(heldBack).") }
    }

    /// The answers as they were found. None is kept any more.
    mutating func take() -> [Resolution] {
        defer { kept = [] }
        return kept
    }
}
