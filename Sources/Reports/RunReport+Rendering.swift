import Foundation

extension RunReport {
    /// The report for people.
    ///
    /// - Returns: `run-<number>.html`, one file that needs no other.
    public func html(with templates: DocumentTemplates) throws(ReportsError) -> Document {
        let labels = templates.labels
        var view: [String: Any] = [
            "run": String(runID),
            "host": host,
            "version": softwareVersion,
            "environment": environment.rawValue,
            "isSandbox": environment == .sandbox,
            "started": Moment.readable(startedAt, months: labels.months),
            "ended": Moment.readable(endedAt, months: labels.months),
            "seconds": Int(endedAt.timeIntervalSince(startedAt).rounded()),
            "ending": ending,
            "balances": balances,
            "pendingAtStart": counts.pendingAtStart,
            "arrived": counts.arrived,
            "toAccountFor": counts.toAccountFor,
            "accountedFor": counts.accountedFor,
            "difference": abs(counts.toAccountFor - counts.accountedFor),
            "completedInAll": counts.completedInAll,
            "completed": Self.rows(completedInOrder, labels),
            "refused": counts.refused,
            "failed": counts.failed,
            "waitingInAll": counts.waitingInAll,
            "waiting": Self.rows(waitingInOrder, labels),
            "toBeRetried": counts.toBeRetried,
            "takenByOthers": counts.takenByOthers,
            "calls": counts.calls,
            "reportsDelivered": counts.reportsDelivered,
            "reportsUndelivered": counts.reportsUndelivered,
            "attention": needsAPerson.count,
            "needsAttention": !needsAPerson.isEmpty,
            "hasNotices": !attention.isEmpty,
            "notices": Self.rows(attentionInOrder, labels),
            "rows": needsAPerson.map { row in
                [
                    "request": String(row.requestID), "right": row.right, "answerBy": row.answerBy ?? "not set",
                    "state": labels.state(row.state), "reason": row.reason,
                ]
            },
        ]
        view["brake"] = brake
        return .html(try templates.render(.runReport, view), fileName: "run-\(runID).html")
    }

    /// The report for machines: snake_case names, in an order that stays.
    ///
    /// - Returns: `run-<number>.json`, ending in a newline.
    public func json() -> Document {
        let value = JSONValue.object([
            ("run", .int(runID)),
            ("host", .string(host)),
            ("version", .string(softwareVersion)),
            ("environment", .string(environment.rawValue)),
            ("started_at", .string(Moment.rfc3339(startedAt))),
            ("ended_at", .string(Moment.rfc3339(endedAt))),
            ("ending", .string(ending)),
            ("balances", .bool(balances)),
            ("to_account_for", JSONValue(counts.toAccountFor)),
            ("accounted_for", JSONValue(counts.accountedFor)),
            ("pending_at_start", JSONValue(counts.pendingAtStart)),
            ("arrived", JSONValue(counts.arrived)),
            ("completed", Self.object(completedInOrder)),
            ("refused", JSONValue(counts.refused)),
            ("failed", JSONValue(counts.failed)),
            ("waiting", Self.object(waitingInOrder)),
            ("to_be_retried", JSONValue(counts.toBeRetried)),
            ("taken_by_others", JSONValue(counts.takenByOthers)),
            ("calls", JSONValue(counts.calls)),
            ("reports_delivered", JSONValue(counts.reportsDelivered)),
            ("reports_undelivered", JSONValue(counts.reportsUndelivered)),
            ("brake", JSONValue(brake)),
            ("attention", Self.object(attentionInOrder)),
            ("needs_a_person", .array(needsAPerson.map(\.json))),
        ])
        return .json(Data("\(value.text())\n".utf8), fileName: "run-\(runID).json")
    }

    private static func rows(_ counts: [(code: String, count: Int)], _ labels: Labels) -> [[String: Any]] {
        counts.map { ["name": labels.state($0.code), "count": $0.count] }
    }

    private static func object(_ counts: [(code: String, count: Int)]) -> JSONValue {
        .object(counts.map { ($0.code, JSONValue($0.count)) })
    }
}

extension RunReport.Row {
    fileprivate var json: JSONValue {
        .object([
            ("request", .int(requestID)),
            ("right", .string(right)),
            ("answer_by", JSONValue(answerBy)),
            ("state", .string(state)),
            ("reason", .string(reason)),
        ])
    }
}
