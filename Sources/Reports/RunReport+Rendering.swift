import ExactJSON
import Foundation
import Inventory
public import SubjectRequests

extension RunReport {
    /// The report as HTML, for operators.
    ///
    /// - Returns: `<database>-run-<number>.html`, one file that needs no other.
    public func html(with templates: DocumentTemplates) throws -> Document {
        let labels = templates.labels
        var view: [String: Any] = [
            "run": String(runID),
            "database": databaseID,
            "host": host,
            "version": softwareVersion,
            "environment": environment.rawValue,
            "isSandbox": environment == .sandbox,
            "started": Timestamps.readable(startedAt, months: labels.months),
            "ended": Timestamps.readable(endedAt, months: labels.months),
            "seconds": Int(endedAt.timeIntervalSince(startedAt).rounded()),
            "ending": ending,
            "balances": balances,
            "pendingAtStart": counts.pendingAtStart,
            "arrived": counts.arrived,
            "toAccountFor": counts.toAccountFor,
            "accountedFor": counts.accountedFor,
            "difference": abs(counts.toAccountFor - counts.accountedFor),
            "completedInAll": counts.completedInAll,
            "completed": Self.rows(counts.completedByCode, labels),
            "refused": counts.refused,
            "failed": counts.failed,
            "waitingInAll": counts.waitingInAll,
            "waiting": Self.rows(counts.waitingByCode, labels),
            "leftForNextRun": counts.leftForNextRun,
            "hasRetries": !retries.isEmpty,
            "retries": retries.map { retry in
                [
                    "reason": retry.reason, "count": retry.count,
                    "nextTry": retry.nextTry.map { Timestamps.readable($0, months: labels.months) } ?? "the next run",
                ]
            },
            "takenByOthers": counts.takenByOthers,
            "calls": counts.calls,
            "reportsDelivered": counts.reportsDelivered,
            "reportsUndelivered": counts.reportsUndelivered,
            "answeredLate": counts.answeredLate,
            "needsActionCount": needsActionCount,
            "needsAction": !needsAction.isEmpty,
            "hasNotices": !attention.isEmpty,
            "notices": Self.rows(attention.counts, labels),
            "rows": needsAction.map { $0.view(labels) },
            "unlisted": unlistedNeedsAction > 0 ? [unlistedNeedsAction] : [],
            "routine": !routine.isEmpty,
            "routineRows": routine.map { $0.view(labels) },
            "unlistedRoutine": unlistedRoutine > 0 ? [unlistedRoutine] : [],
        ]
        view["brake"] = brake
        view["canary_\(canary.rawValue)"] = true
        view["unknownBrake"] = unknownBrake
        return .html(
            try templates.render(.runReport, view),
            fileName: DocumentNames(databaseID: databaseID).report(ofRun: runID, as: "html")
        )
    }

    /// The report as JSON: snake_case names in a fixed order.
    ///
    /// - Returns: `<database>-run-<number>.json`, ending in a newline.
    public func json() -> Document {
        let value = OrderedJSON.object([
            ("run", .int(runID)),
            ("database", .string(databaseID)),
            ("host", .string(host)),
            ("version", .string(softwareVersion)),
            ("environment", .string(environment.rawValue)),
            ("started_at", .string(Timestamps.rfc3339(startedAt))),
            ("ended_at", .string(Timestamps.rfc3339(endedAt))),
            ("ending", .string(ending)),
            ("balances", .bool(balances)),
            ("to_account_for", OrderedJSON(counts.toAccountFor)),
            ("accounted_for", OrderedJSON(counts.accountedFor)),
            ("pending_at_start", OrderedJSON(counts.pendingAtStart)),
            ("arrived", OrderedJSON(counts.arrived)),
            ("completed", Self.object(counts.completedByCode)),
            ("refused", OrderedJSON(counts.refused)),
            ("failed", OrderedJSON(counts.failed)),
            ("waiting", Self.object(counts.waitingByCode)),
            ("left_for_next_run", OrderedJSON(counts.leftForNextRun)),
            ("will_be_retried", .array(retries.map(\.json))),
            ("taken_by_others", OrderedJSON(counts.takenByOthers)),
            ("answered_late", OrderedJSON(counts.answeredLate)),
            ("erased_without_ticket", OrderedJSON(counts.erasedWithoutTicket)),
            ("calls", OrderedJSON(counts.calls)),
            ("reports_delivered", OrderedJSON(counts.reportsDelivered)),
            ("reports_undelivered", OrderedJSON(counts.reportsUndelivered)),
            ("brake", OrderedJSON(brake)),
            ("unknown_brake", OrderedJSON(unknownBrake)),
            ("canary", .string(canary.rawValue)),
            ("attention", Self.object(attention.counts)),
            ("needs_action_count", OrderedJSON(needsActionCount)),
            ("needs_action", .array(needsAction.map(\.json))),
            ("routine_count", OrderedJSON(routine.count + unlistedRoutine)),
            ("routine", .array(routine.map(\.json))),
        ])
        return .json(
            Data("\(value.text())\n".utf8),
            fileName: DocumentNames(databaseID: databaseID).report(ofRun: runID, as: "json")
        )
    }

    private var needsActionCount: Int { needsAction.reduce(unlistedNeedsAction) { $0 + $1.count } }

    private static func rows(_ counts: [(code: String, count: Int)], _ labels: Labels) -> [[String: Any]] {
        counts.map { ["name": labels.state($0.code), "count": $0.count] }
    }

    private static func object(_ counts: [(code: String, count: Int)]) -> OrderedJSON {
        .object(counts.map { ($0.code, OrderedJSON($0.count)) })
    }
}

extension RunReport.Retry {
    fileprivate var json: OrderedJSON {
        .object([
            ("reason", .string(reason)),
            ("count", OrderedJSON(count)),
            ("next_try", OrderedJSON(nextTry.map(Timestamps.rfc3339))),
        ])
    }
}

extension RunReport.Row {
    fileprivate var json: OrderedJSON {
        .object([
            ("kind", .string(kind.rawValue)),
            ("request", OrderedJSON(kind == .request ? number : nil)),
            ("number", OrderedJSON(number)),
            ("count", OrderedJSON(count)),
            ("right", OrderedJSON(right)),
            ("state", .string(state)),
            ("reason", .string(reason)),
            ("age_days", ageDays.map { OrderedJSON($0) } ?? .null),
            ("due", OrderedJSON(due)),
            ("overdue", .bool(isOverdue)),
            ("command", .string(command)),
        ])
    }

    fileprivate func view(_ labels: Labels) -> [String: Any] {
        [
            "what": number.map { "\(kind.rawValue) \($0)" }
                ?? (count == 1 ? kind.rawValue : "\(count) \(kind.rawValue)"),
            "right": right ?? "", "due": due ?? "not set", "isOverdue": isOverdue,
            "age": ageDays.map(String.init) ?? "", "state": labels.state(state), "reason": reason, "command": command,
        ]
    }
}
