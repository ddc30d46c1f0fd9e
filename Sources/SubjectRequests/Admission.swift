/// The check that decides whether a new row can be processed, by when, and which gates it has.
public struct Admission: Sendable {
    /// The result of the check.
    public enum Verdict: Sendable, Hashable {
        /// The request is processed by that deadline, once its gates are open.
        case admitted(SubjectID, Deadline, GateNeeds)
        /// The row can never be processed, for that reason.
        case refused(InvalidRequest)
    }

    /// How deadlines are counted.
    public let deadlines: DeadlineRules
    /// Which gates requests have.
    public let gates: GateRules

    /// An admission by these rules.
    public init(deadlines: DeadlineRules, gates: GateRules = GateRules()) {
        self.deadlines = deadlines
        self.gates = gates
    }

    /// Checks a row and derives its deadline and gates. Never throws: a malformed row is a result, not an error.
    public func verdict(on request: NewRequest) -> Verdict {
        do throws(InvalidRequest) {
            if let problem = request.problem { throw problem }
            guard let right = Right(rawValue: request.kind) else {
                throw InvalidRequest(
                    "the kind is unknown; expected one of \(Right.allCases.map(\.rawValue).joined(separator: ", "))"
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
