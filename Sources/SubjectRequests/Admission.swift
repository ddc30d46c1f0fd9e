public import Foundation

/// A request as it was inserted, before anything about it was believed.
public struct NewRequest: Sendable {
    /// The row's number.
    public let id: Int64
    /// The row's `kind`.
    public let kind: String
    /// The row's `integration_id`.
    public let integrationID: String
    /// When the request reached the controller.
    public let receivedAt: Date
    /// The row's `changes`, as JSON text.
    public let changes: String?
    /// The channel it came through, as the inserter says.
    public let channel: String?

    /// A row of the queue, as it stands.
    public init(
        id: Int64,
        kind: String,
        integrationID: String,
        receivedAt: Date,
        changes: String? = nil,
        channel: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.integrationID = integrationID
        self.receivedAt = receivedAt
        self.changes = changes
        self.channel = channel
    }
}

/// Prints its number only: the rest is the inserter's text and may be the person's.
extension NewRequest: CustomStringConvertible, CustomReflectable {
    /// The row's number.
    public var description: String { "(request \(id), withheld)" }
    /// The row's number.
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// The check that turns a new row into one that may be worked.
public struct Admission: Sendable {
    /// What becomes of a row.
    public enum Verdict: Sendable, Hashable {
        /// It may be processed, by that deadline, once its gates are open.
        case admitted(SubjectID, Deadline, GateNeeds)
        /// It can never be processed, for that reason.
        case refused(InvalidRequest)
    }

    /// How deadlines are counted.
    public let deadlines: DeadlineRules
    /// What the controller asks of requests.
    public let gates: GateRules

    /// Rules of admission.
    public init(deadlines: DeadlineRules, gates: GateRules = GateRules()) {
        self.deadlines = deadlines
        self.gates = gates
    }

    /// Checks a row and derives its deadline. Never throws: a malformed row is an answer, not an error.
    public func verdict(on request: NewRequest) -> Verdict {
        do throws(InvalidRequest) {
            guard let right = Right(rawValue: request.kind) else {
                throw InvalidRequest(
                    "the kind is unknown; it is one of \(Right.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            let subject = try SubjectID(request.integrationID)
            if right == .rectification {
                _ = try RequestedChanges(json: request.changes)
            }
            let deadline = deadlines.deadline(receivedAt: request.receivedAt)
            return .admitted(
                subject,
                deadline,
                gates.needs(of: right, channel: request.channel, receivedOn: deadline.receivedOn)
            )
        } catch {
            return .refused(error)
        }
    }
}
