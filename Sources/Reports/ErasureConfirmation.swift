public import Foundation
public import SubjectRequests

/// The confirmation of an erasure, for the customer (Art. 12(3) and 17 GDPR).
///
/// It is stored after the customer's identifier has been deleted, so it names only the number of the request.
public struct ErasureConfirmation: Sendable {
    /// A step of the erasure.
    public struct Step: Sendable, Hashable {
        /// The actions that an erasure takes.
        public enum Action: Sendable, Hashable {
            /// The inventory was read to find the data.
            case inventoryRead
            /// The customer's coupon reservations were released.
            case reservationsReleased(count: Int)
            /// The deletion was requested and acknowledged.
            case dataDeleted
            /// The customer was unknown, and a deletion was requested all the same.
            case deletionSentAnyway
            /// The inventory was read again to verify the deletion.
            case inventoryReadAgain

            fileprivate var code: String {
                switch self {
                case .inventoryRead: "inventory_read"
                case .reservationsReleased: "reservations_released"
                case .dataDeleted: "data_deleted"
                case .deletionSentAnyway: "deletion_sent_anyway"
                case .inventoryReadAgain: "inventory_read_again"
                }
            }
        }

        /// The action.
        public var action: Action
        /// When it was taken.
        public var at: Date

        /// A step taken at an instant.
        public init(_ action: Action, at: Date) {
            self.action = action
            self.at = at
        }
    }

    // Where data remains there is nothing to confirm yet.
    private static let outcomes: Set<Outcome> = [.erased, .recordRemains, .alreadyAbsent, .noData]

    private let requestID: Int64
    private let names: DocumentNames
    private let environment: Environment
    private let outcome: Outcome
    private let steps: [Step]
    private let kept: [String: [String]]
    private let producedAt: Date
    private let receivedAt: Date?
    private let timeZone: TimeZone
    private let ticket: String?
    private let controller: ControllerFacts
    private let identifierKeptDays: Int?
    private let keepsDigest: Bool

    /// Prepares a confirmation.
    ///
    /// - Parameters:
    ///   - requestID: The request's number.
    ///   - databaseID: The id of the database.
    ///   - environment: The environment in which the data was.
    ///   - outcome: The outcome: erased, the record remains, already absent, or no data.
    ///   - steps: The steps, in order.
    ///   - kept: The members of the record that the system keeps, by section.
    ///   - producedAt: The date of the confirmation.
    ///   - receivedAt: When the request reached the controller.
    ///   - timeZone: The time zone in which the request's days are counted.
    ///   - ticket: The controller's own reference.
    ///   - controller: The controller's details; all that a confirmation must contain.
    ///   - identifierKeptDays: The days for which the identifier is kept, if it is: for a later check, or, where there was no
    ///     data, for another search.
    ///   - keepsDigest: Whether a keyed digest of the identifier is kept.
    public init(
        requestID: Int64,
        databaseID: String,
        environment: Environment,
        outcome: Outcome,
        steps: [Step],
        kept: [String: [String]] = [:],
        producedAt: Date,
        receivedAt: Date? = nil,
        timeZone: TimeZone = .gmt,
        ticket: String? = nil,
        controller: ControllerFacts,
        identifierKeptDays: Int? = nil,
        keepsDigest: Bool = false
    ) {
        self.requestID = requestID
        self.names = DocumentNames(databaseID: databaseID)
        self.environment = environment
        self.outcome = outcome
        self.steps = steps
        self.kept = kept
        self.producedAt = producedAt
        self.receivedAt = receivedAt
        self.timeZone = timeZone
        self.ticket = ticket
        self.controller = controller
        self.identifierKeptDays = identifierKeptDays
        self.keepsDigest = keepsDigest
    }

    /// Makes the confirmation.
    ///
    /// - Returns: `<database>-request-<number>-confirmation.html`, one file that needs no other.
    /// - Throws: `ReportsError` for an outcome that confirms no erasure.
    public func rendered(with templates: DocumentTemplates) throws -> Document {
        guard Self.outcomes.contains(outcome) else {
            throw ReportsError(.noSuchDocument, "no erasure confirmation states the outcome '\(outcome.rawValue)'")
        }
        try controller.requireAll(for: .erasure)
        let labels = templates.labels
        var view: [String: Any] = [
            "request": names.reference(of: requestID),
            "date": Timestamps.readableDay(producedAt, in: timeZone, months: labels.months),
            "controller": controller.view,
            "isSandbox": environment == .sandbox,
            outcome.rawValue: true,
            "hasSteps": !steps.isEmpty,
            "steps": steps.map { row(for: $0, labels: labels) },
            "kept": kept.keys.sorted().map { section in
                [
                    "title": labels.section(section)?.title ?? section,
                    "members": (kept[section] ?? []).map { member(named: $0, in: section, labels: labels) },
                ] as [String: Any]
            },
        ]
        view["received"] = receivedAt.map { Timestamps.readableDay($0, in: timeZone, months: labels.months) }
        view["ticket"] = ticket
        view["identifierKept"] = identifierKeptDays.map { ["days": $0, "isOneDay": $0 == 1] }
        view["keepsDigest"] = keepsDigest
        view["isLinkable"] = keepsDigest || identifierKeptDays != nil
        let text = try templates.render(.erasureConfirmation, view)
        return .html(text, fileName: names.document("confirmation.html", of: requestID))
    }

    // A name of another form than the API's is text of unknown origin, and this document must not identify the customer.
    private func member(named name: String, in section: String, labels: Labels) -> [String: Any] {
        var view: [String: Any] = ["label": labels.key(name, in: section) ?? false]
        if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]{0,63}/) != nil { view["key"] = name }
        return view
    }

    private func row(for step: Step, labels: Labels) -> [String: Any] {
        var view: [String: Any] = [
            "action": labels.action(step.action.code),
            "at": Timestamps.readable(step.at, months: labels.months),
        ]
        if case .reservationsReleased(let count) = step.action { view["count"] = count }
        return view
    }
}
