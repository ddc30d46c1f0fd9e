import Foundation
import Store
import SubjectRequests

/// One request, laid out for operators.
struct RequestText {
    let request: RequestSummary
    let detail: RequestDetail
    let documents: [DocumentSummary]
    let leaves: [Leaf]

    init(_ whole: WholeRequest) {
        self.request = whole.summary
        self.detail = whole.detail
        self.documents = whole.documents
        self.leaves = whole.leaves
    }

    func print() {
        for case (let name, let value?) in fields {
            Terminal.out(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value.printable)
        }
        section("deadline", detail.deadline?.sentences ?? [])
        section("gates", gates)
        section("decisions", detail.decisions.map(\.sentence))
        section("documents", documents.map(\.sentence))
        section("evidence", leaves.map { String(decoding: $0.payload, as: UTF8.self) })
    }

    private func section(_ title: String, _ lines: [String]) {
        guard !lines.isEmpty else { return }
        Terminal.out(title)
        for line in lines { Terminal.out("  " + line.printable) }
    }

    private var fields: [(String, String?)] {
        [
            ("request", String(request.id)), ("right", request.kind), ("state", request.stateAndGate),
            ("outcome", request.outcome?.rawValue), ("reason", request.reason),
            ("received", request.receivedAt.formatted(.iso8601)), ("answer by", request.answerBy?.description),
            ("latest lawful", request.latestLawful?.description),
            ("not before", request.notBefore?.formatted(.iso8601)),
            ("finished", request.finishedAt?.formatted(.iso8601)), ("ticket", request.ticket),
            ("channel", request.channel), ("requested by", request.requestedBy),
            ("submitted by", detail.submittedBy), ("inserted by", "database role \(detail.insertedBy)"),
            ("repeats", detail.replayOf.map { "request \($0)" }),
            ("claims", request.claimNumber.grouped), ("failures", request.failures.grouped),
            ("last run", request.run.map(String.init)),
            ("customer", request.hasSubject ? "stored in the row, not shown" : "no longer stored"),
        ]
    }

    /// Closed gates and what opens them, then opened gates and who opened them.
    private var gates: [String] {
        var lines = detail.closedGates.map { "\($0.rawValue), closed: \($0.explanation)" }
        if let method = detail.identityMethod, let checker = detail.identityCheckedBy, let at = detail.identityCheckedAt
        {
            lines.append("identity, open: verified by \(checker), \(at.formatted(.iso8601)), \(method.rawValue).")
        }
        if let approver = detail.approvedBy, let at = detail.approvedAt {
            let role = detail.approvedWithRole.map { " (database role \($0))" } ?? ""
            lines.append(
                detail.isApprovalCurrent
                    ? "approval, open: approved by \(approver)\(role), \(at.formatted(.iso8601))."
                    : "approval, stale: approved by \(approver)\(role), \(at.formatted(.iso8601)); the request has changed since."
            )
        }
        if let day = detail.notErasedBefore { lines.append("waiting_period: not erased before \(day).") }
        if let refusal { lines.append(refusal) }
        return lines
    }

    private var refusal: String? {
        guard let ground = detail.refusalGround else { return nil }
        let notice =
            detail.refusalToldOn.map { "the customer was told on \($0)." }
            ?? "the customer must be told by \(detail.noticeBy?.description ?? "the end of the first month")."
        return "Refused under \(ground.article); \(notice)"
    }
}

extension DecisionNote {
    fileprivate var sentence: String {
        let why = [reason, ticket].compactMap { $0 }.joined(separator: ", ")
        return "\(madeAt.formatted(.iso8601)) \(actor): \(decision)" + (why.isEmpty ? "" : " (\(why))")
    }
}

extension DocumentSummary {
    fileprivate var sentence: String {
        let delivery = deliveredAt.map { "delivered \($0.formatted(.iso8601))" } ?? "not delivered"
        return "\(fileName), \(byteCount.counted("byte")), \(delivery)" + (hasContent ? "" : ", content deleted")
    }
}
