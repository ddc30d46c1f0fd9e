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

    /// A row of the queue, as it stands.
    public init(id: Int64, kind: String, integrationID: String, receivedAt: Date, changes: String?) {
        self.id = id
        self.kind = kind
        self.integrationID = integrationID
        self.receivedAt = receivedAt
        self.changes = changes
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
        /// It may be worked, and must be answered by that day.
        case admitted(answerBy: CivilDate)
        /// It never can, for that reason.
        case refused(InvalidRequest)
    }

    /// The controller's time zone: the one in which the law's days are counted.
    public let zone: TimeZone

    /// Rules of admission for a controller in a time zone.
    public init(zone: TimeZone) {
        self.zone = zone
    }

    /// Checks a row and derives its deadline. Never throws: a malformed row is an answer, not an error.
    public func verdict(on request: NewRequest) -> Verdict {
        do throws(InvalidRequest) {
            guard let right = Right(rawValue: request.kind) else {
                throw InvalidRequest(
                    "the kind is unknown; it is one of \(Right.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            _ = try SubjectID(request.integrationID)
            if right == .rectification {
                _ = try RequestedChanges(json: request.changes)
            }
            return .admitted(answerBy: answerBy(receivedAt: request.receivedAt))
        } catch {
            return .refused(error)
        }
    }

    /// The last day of the month that Art. 12(3) GDPR gives, counted from the civil day of receipt, not moved
    /// by weekends or holidays: the conservative end.
    public func answerBy(receivedAt: Date) -> CivilDate {
        CivilDate(receivedAt, in: zone).adding(months: 1)
    }
}
