import Foundation
import SubjectRequests

/// One line of a report in a terminal.
public struct ReportFigure: Sendable, Hashable {
    /// The part of the report, what is counted, and the figure.
    public let section: String, name: String, value: String

    init(_ section: String, _ name: String, _ value: String) {
        self.section = section
        self.name = name
        self.value = value
    }

    init(_ section: String, _ name: String, _ count: Int) {
        self.init(section, name, count.grouped)
    }
}

extension [ReportFigure] {
    static func timeliness(_ timeliness: Timeliness) -> [ReportFigure] {
        let view = TimelinessView(timeliness)
        func share(_ text: String) -> String { text == TimelinessView.none ? "" : " (\(text))" }
        return [
            ReportFigure("timeliness", "answered", view.answered),
            ReportFigure("timeliness", "within one month", view.oneMonth + share(view.oneMonthShare)),
            ReportFigure("timeliness", "within three months", view.threeMonths + share(view.threeMonthsShare)),
            ReportFigure("timeliness", "late", view.late),
            ReportFigure("timeliness", "median days to answer", view.median),
        ]
    }

    static func outcomes(_ section: String, _ counts: [OutcomeCount], _ labels: Labels) -> [ReportFigure] {
        counts.map { ReportFigure(section, "\($0.rightCode): \(labels.state($0.code))", $0.count) }
    }

    static func decisions(_ counts: [DecisionCount], _ labels: Labels) -> [ReportFigure] {
        DecisionsView(counts, labels).rows.map { ReportFigure("decisions", "\($0.kind), by \($0.role)", $0.count) }
    }
}

extension RunReport {
    /// The report as lines for a terminal, what needs action first.
    public func lines(with templates: DocumentTemplates) -> [ReportFigure] {
        let labels = templates.labels
        return runLines(labels) + actionLines(labels) + conservationLines(labels)
            + .timeliness(timeliness)
            + [ReportFigure("timeliness", "due within \(Self.atRiskDays) days, or overdue", atRisk)]
            + .outcomes("outcomes", outcomes, labels)
            + .decisions(decisions, labels) + evidenceLines(labels) + speedLines
    }

    private func runLines(_ labels: Labels) -> [ReportFigure] {
        let warnings = [("erasures held back", brake), ("answers held back", unknownBrake)]
        return [
            ReportFigure("run", "number", String(runID)),
            ReportFigure("run", "environment", environment.rawValue),
            ReportFigure("run", "started", Timestamps.readable(startedAt, months: labels.months)),
            ReportFigure("run", "duration", SpeedView.readable(seconds)),
            ReportFigure("run", "ended", ending),
        ] + warnings.compactMap { name, sentence in sentence.map { ReportFigure("run", name, $0) } }
    }

    private func actionLines(_ labels: Labels) -> [ReportFigure] {
        [ReportFigure("needs action", "in all", needsActionCount)]
            + needsAction.map { row in
                let age = row.ageDays.map { "; \($0.counted("day")) old" } ?? ""
                let due = row.due.map { "; due \($0)" + (row.isOverdue ? ", OVERDUE" : "") } ?? ""
                let reason = row.reason.isEmpty ? "" : ": \(row.reason)"
                return ReportFigure(
                    "needs action",
                    row.subject + (row.right.map { " (\($0))" } ?? ""),
                    "\(labels.state(row.state))\(reason)\(age)\(due); next: \(row.command)"
                )
            }
            + attention.counts.map { ReportFigure("needs action", labels.state($0.code), $0.count) }
            + (routineCount > 0 ? [ReportFigure("waiting by routine", "in all", routineCount)] : [])
    }

    private func conservationLines(_ labels: Labels) -> [ReportFigure] {
        let section = "accounted for"
        return [
            ReportFigure(section, "open when the run started", counts.pendingAtStart),
            ReportFigure(section, "arrived during the run", counts.arrived),
            ReportFigure(section, "to account for", counts.toAccountFor),
        ] + counts.completedByCode.map { ReportFigure(section, "completed: \(labels.state($0.code))", $0.count) } + [
            ReportFigure(section, "refused", counts.refused), ReportFigure(section, "failed", counts.failed),
        ] + counts.waitingByCode.map { ReportFigure(section, "waiting for \(labels.state($0.code))", $0.count) } + [
            ReportFigure(section, "left for the next run", counts.leftForNextRun),
            ReportFigure(section, "taken by other runs, or ended by an operator", counts.takenByOthers),
            ReportFigure(section, "accounted for", counts.accountedFor),
            ReportFigure(section, "sums", balances ? "agree" : "DO NOT AGREE"),
        ]
    }

    private func evidenceLines(_ labels: Labels) -> [ReportFigure] {
        let view = EvidenceView(evidence, labels)
        return [
            ReportFigure("evidence", "log entries", view.entries),
            ReportFigure("evidence", "not signed yet", view.unsigned),
            ReportFigure("evidence", "last checkpoint signed", view.signedAt),
            ReportFigure("evidence", "written to a file", !view.isSigned ? "-" : view.isFiled ? "yes" : "no"),
        ]
    }

    private var speedLines: [ReportFigure] {
        let view = SpeedView(self)
        return [
            ReportFigure("speed", "requests closed in an hour", view.closedPerHour),
            ReportFigure("speed", "calls for requests", view.calls),
            ReportFigure("speed", "calls repeated at once", view.repeated),
            ReportFigure("speed", "calls turned away (HTTP 429, 503)", view.throttled),
            ReportFigure("speed", "other calls without an answer", view.unanswered),
            ReportFigure("speed", "outages", view.outages),
            ReportFigure("speed", "time of outages", view.outageSeconds),
        ]
    }
}
