import Foundation
import Processor
import Reports
import SubjectRequests

/// The summary of a run, for a terminal or for the mail that cron sends.
struct SummaryText {
    let summary: RunSummary
    /// The time zone of the times that are shown.
    let zone: TimeZone

    init(_ summary: RunSummary, zone: TimeZone) {
        self.summary = summary
        self.zone = zone
    }

    func print() {
        let report = summary.report
        Terminal.out("Run \(report.runID) on \(report.environment.rawValue): \(report.ending)")
        printCounts(report.counts)
        printRetries(report.retries)
        switch summary.signing {
        case .unconfigured:
            Terminal.out("  evidence log not signed: no key is configured; make one with 'dsr evidence key'")
        case .signed(let size): Terminal.out("  evidence log signed (\(size.counted("entry", "entries")))")
        case .notFiled(let size, _):
            Terminal.out("  EVIDENCE LOG SIGNED (\(size.counted("entry", "entries"))), CHECKPOINT NOT FILED")
        case .failed: Terminal.out("  EVIDENCE LOG NOT SIGNED")
        }
        if let brake = report.brake { Terminal.out("  ERASURES HELD BACK: \(brake)") }
        for (code, count) in report.attention.counts {
            Terminal.out("  \(Self.labels[code] ?? code.replacing("_", with: " ")): \(count.grouped)")
        }
        for row in report.needsAction.prefix(20) {
            Terminal.out("  request \(row.requestID) (\(row.right)): \(row.state): \(row.reason.printable)")
        }
        if report.needsAction.count > 20 {
            Terminal.out("  and \((report.needsAction.count - 20).grouped) more in the run report")
        }
    }

    private func printRetries(_ retries: [RunReport.Retry]) {
        for retry in retries.prefix(10) {
            let next = retry.nextTry.map(time) ?? "with the next run"
            Terminal.out("  will be retried: \(retry.count.grouped) (\(retry.reason)), next try \(next)")
        }
        let rest = retries.dropFirst(10).reduce(0) { $0 + $1.count }
        if rest > 0 { Terminal.out("  will be retried: \(rest.grouped) more, for other reasons; see the run report") }
    }

    /// `02:16`, with the date where it is not today.
    private func time(_ instant: Date) -> String {
        let format = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
            .year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)
        let (day, now) = (CivilDate(instant, in: zone), CivilDate(Date(), in: zone))
        // Rounded up, so that a try at the minute that is shown is not too early.
        let text = instant.addingTimeInterval(59).formatted(format)
        return day == now ? String(text.dropFirst(11).prefix(5)) : String(text.prefix(16))
    }

    private func printCounts(_ counts: RunReport.Counts) {
        var lines: [(String, Int)] = [
            ("pending at the start", counts.pendingAtStart), ("arrived during the run", counts.arrived),
        ]
        lines += counts.completedByCode.map { ("  completed, \($0.code)", $0.count) }
        lines += [("  refused", counts.refused), ("  failed, need action", counts.failed)]
        lines += counts.waitingByCode.map { ("  waiting for \($0.code)", $0.count) }
        lines += [("  left for the next run", counts.leftForNextRun), ("  taken by other runs", counts.takenByOthers)]
        for (label, count) in lines where count > 0 || !label.hasPrefix("  ") {
            let padding = String(repeating: " ", count: max(1, 40 - label.count))
            Terminal.out("  \(label)\(padding)\(count.grouped)")
        }
        Terminal.out(
            "  \(counts.toAccountFor.grouped) to account for, \(counts.accountedFor.grouped) accounted for: "
                + (counts.balances ? "the sums agree" : "THE SUMS DO NOT AGREE")
        )
        Terminal.out(
            "  \(counts.calls.counted("call")), \(counts.reportsDelivered.counted("document")) delivered"
                + (counts.reportsUndelivered > 0 ? ", \(counts.reportsUndelivered.grouped) still to deliver" : "")
        )
    }

    /// What needs action outside the run's own work, by its code in the run report.
    private static let labels = [
        "overdue": "past answer-by date", "past_last_lawful_date": "also past the last lawful date",
        "refusals_not_sent": "refusal letters not sent",
        "refusals_late": "refusal letters not sent within the first month",
        "holds_to_review": "legal holds due for review", "incidents": "erased customers who reappeared",
        "missed_rechecks": "rechecks that were missed",
    ]
}
