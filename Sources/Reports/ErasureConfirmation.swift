public import Foundation

/// What the person is told when an erasure is done (Art. 12(3) and 17 GDPR).
///
/// It is stored after the customer's identifier is gone, so it names the request by its number. The identifier appears
/// only when a caller hands it over as `addressee`, for a copy that is sent and not kept.
public struct ErasureConfirmation: Sendable {
    /// What the erasure came to.
    public enum Outcome: Sendable, Hashable {
        /// The data was deleted, and reading again found nothing of theirs.
        case erased
        /// There was nothing, and an earlier erasure of ours explains it.
        case alreadyAbsent
        /// There was nothing under the identifier, and nothing of ours explains it.
        case noData
        /// The data was deleted, and reading again still found something.
        case residualData([Residue])

        fileprivate var code: String {
            switch self {
            case .erased: "erased"
            case .alreadyAbsent: "already_absent"
            case .noData: "no_data"
            case .residualData: "residual_data"
            }
        }
    }

    /// What kind of thing a section still holds. Never a value.
    public struct Residue: Sendable, Hashable {
        /// The section's name in the inventory, such as `loyalty`.
        public var section: String
        /// The kind of thing in words, such as "point balances".
        public var kind: String
        /// How many there are, if they can be counted.
        public var count: Int?

        /// A kind of thing that is still there.
        public init(section: String, kind: String, count: Int? = nil) {
            self.section = section
            self.kind = kind
            self.count = count
        }
    }

    /// Something that was done.
    public struct Step: Sendable, Hashable {
        /// What can be done in an erasure.
        public enum Action: Sendable, Hashable {
            /// The inventory was read to see what is there.
            case inventoryRead
            /// Coupon reservations of the person were released.
            case reservationsReleased(count: Int)
            /// The deletion was ordered and acknowledged.
            case dataDeleted
            /// The inventory was read again.
            case inventoryReadAgain

            fileprivate var code: String {
                switch self {
                case .inventoryRead: "inventory_read"
                case .reservationsReleased: "reservations_released"
                case .dataDeleted: "data_deleted"
                case .inventoryReadAgain: "inventory_read_again"
                }
            }
        }

        /// What was done.
        public var action: Action
        /// When.
        public var at: Date

        /// Something that was done at an instant.
        public init(_ action: Action, at: Date) {
            self.action = action
            self.at = at
        }
    }

    private let requestID: Int64
    private let environment: RequestFacts.Environment
    private let outcome: Outcome
    private let steps: [Step]
    private let producedAt: Date
    private let receivedAt: Date?
    private let ticket: String?
    private let controller: ControllerFacts
    private let evidenceRetention: String?
    private let identifierKeptDays: Int?
    private let keepsDigest: Bool
    private let addressee: String?

    /// Prepares a confirmation.
    ///
    /// - Parameters:
    ///   - requestID: The request's number.
    ///   - environment: Where the data was.
    ///   - outcome: What the erasure came to.
    ///   - steps: What was done, in order.
    ///   - producedAt: The date of the confirmation.
    ///   - receivedAt: When the request reached the controller.
    ///   - ticket: The controller's own reference.
    ///   - controller: What the controller says of itself; what is missing is named in the confirmation.
    ///   - evidenceRetention: How long the evidence of the procedure is kept, in words: "for three years".
    ///   - identifierKeptDays: For how many days the identifier is kept for another look, where it is.
    ///   - keepsDigest: Whether a keyed digest of the identifier is kept.
    ///   - addressee: The identifier, only for a copy that is not stored.
    public init(
        requestID: Int64,
        environment: RequestFacts.Environment,
        outcome: Outcome,
        steps: [Step],
        producedAt: Date,
        receivedAt: Date? = nil,
        ticket: String? = nil,
        controller: ControllerFacts,
        evidenceRetention: String? = nil,
        identifierKeptDays: Int? = nil,
        keepsDigest: Bool = false,
        addressee: String? = nil
    ) {
        self.requestID = requestID
        self.environment = environment
        self.outcome = outcome
        self.steps = steps
        self.producedAt = producedAt
        self.receivedAt = receivedAt
        self.ticket = ticket
        self.controller = controller
        self.evidenceRetention = evidenceRetention
        self.identifierKeptDays = identifierKeptDays
        self.keepsDigest = keepsDigest
        self.addressee = addressee
    }

    /// Makes the confirmation.
    ///
    /// - Returns: `request-<number>-confirmation.html`, one file that needs no other.
    public func rendered(with templates: DocumentTemplates) throws(ReportsError) -> Document {
        let labels = templates.labels
        var view: [String: Any] = [
            "request": String(requestID),
            "date": Moment.readableDay(producedAt, months: labels.months),
            "controller": controller.view,
            "isSandbox": environment == .sandbox,
            outcome.code: true,
            "hasSteps": !steps.isEmpty,
            "steps": steps.map { row(for: $0, labels: labels) },
        ]
        view["received"] = receivedAt.map { Moment.readableDay($0, months: labels.months) }
        view["ticket"] = ticket
        view["addressee"] = addressee
        view["evidenceRetention"] = evidenceRetention
        view["identifierKeptDays"] = identifierKeptDays
        view["keepsDigest"] = keepsDigest
        if case .residualData(let residues) = outcome {
            view["residues"] = residues.map { residue in
                var row: [String: Any] = ["kind": residue.kind]
                row["section"] = labels.section(residue.section)?.title ?? residue.section
                row["count"] = residue.count ?? false
                return row
            }
        }
        let text = try templates.render(.erasureConfirmation, view)
        return .html(text, fileName: "request-\(requestID)-confirmation.html")
    }

    private func row(for step: Step, labels: Labels) -> [String: Any] {
        var view: [String: Any] = [
            "action": labels.action(step.action.code),
            "at": Moment.readable(step.at, months: labels.months),
        ]
        if case .reservationsReleased(let count) = step.action { view["count"] = count }
        return view
    }
}
