import Foundation
import Inventory
public import SubjectRequests

extension RunReport {
    /// The report as HTML, for operators and the data protection officer.
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
            "asOf": Timestamps.readable(asOf, months: labels.months),
            "seconds": seconds.grouped,
            "ending": ending,
            "balances": balances,
            "pendingAtStart": counts.pendingAtStart.grouped,
            "arrived": counts.arrived.grouped,
            "toAccountFor": counts.toAccountFor.grouped,
            "accountedFor": counts.accountedFor.grouped,
            "difference": abs(counts.toAccountFor - counts.accountedFor).grouped,
            "completedInAll": counts.completedInAll.grouped,
            "completed": Self.rows(counts.completedByCode, labels),
            "refused": counts.refused.grouped,
            "failed": counts.failed.grouped,
            "waitingInAll": counts.waitingInAll.grouped,
            "waiting": Self.rows(counts.waitingByCode, labels),
            "leftForNextRun": counts.leftForNextRun.grouped,
            "hasRetries": !retries.isEmpty,
            "retries": retries.map { retry in
                [
                    "reason": retry.reason, "count": retry.count.grouped,
                    "nextTry": retry.nextTry.map { Timestamps.readable($0, months: labels.months) } ?? "the next run",
                ]
            },
            "takenByOthers": counts.takenByOthers.grouped,
            "reportsDelivered": counts.reportsDelivered.grouped,
            "reportsUndelivered": counts.reportsUndelivered.grouped,
            "answeredLate": counts.answeredLate.grouped,
            "needsActionCount": needsActionCount.grouped,
            "needsAction": !needsAction.isEmpty,
            "hasNotices": !attention.isEmpty,
            "notices": Self.rows(attention.counts, labels),
            "rows": needsAction.map { $0.view(labels) },
            "unlisted": unlistedNeedsAction > 0 ? [unlistedNeedsAction.grouped] : [],
            "routine": !routine.isEmpty,
            "routineRows": routine.map { $0.view(labels) },
            "unlistedRoutine": unlistedRoutine > 0 ? [unlistedRoutine.grouped] : [],
            "atRisk": atRisk.grouped,
            "isAtRisk": atRisk > 0,
            "timeliness": TimelinessView(timeliness),
            "outcomes": OutcomesView(outcomes, labels),
            "decisions": DecisionsView(decisions, labels),
            "evidence": EvidenceView(evidence, labels),
            "speed": SpeedView(self),
            "trend": TrendView(trend, labels),
        ]
        view["decisionsSince"] = decisionsSince.map { Timestamps.readable($0, months: labels.months) }
        view["brake"] = brake
        view["canary_\(canary.rawValue)"] = true
        view["unknownBrake"] = unknownBrake
        return .html(
            try templates.render(.runReport, view),
            fileName: DocumentNames(databaseID: databaseID).report(ofRun: runID, as: "html")
        )
    }

    private static func rows(_ counts: [(code: String, count: Int)], _ labels: Labels) -> [[String: Any]] {
        counts.map { ["name": labels.state($0.code), "count": $0.count.grouped] }
    }
}

extension RunReport.Row {
    /// What it is about: `request 12`, `70 erasures`.
    var subject: String {
        number.map { "\(kind.rawValue) \($0)" } ?? (count == 1 ? kind.rawValue : "\(count.grouped) \(kind.rawValue)")
    }

    fileprivate func view(_ labels: Labels) -> [String: Any] {
        [
            "what": subject,
            "right": right ?? "", "due": due ?? "not set", "isOverdue": isOverdue,
            "age": ageDays.map(\.grouped) ?? "", "state": labels.state(state), "reason": reason, "command": command,
        ]
    }
}
