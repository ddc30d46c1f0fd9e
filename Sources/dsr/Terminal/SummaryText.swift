import Processor
import Reports

/// A run's summary for a terminal or a mail from cron.
struct SummaryText {
    let summary: RunSummary

    init(_ summary: RunSummary) {
        self.summary = summary
    }

    func print() {
        let report = summary.report
        let counts = report.counts
        Terminal.out("Run \(report.runID) on \(report.environment.rawValue): \(report.ending)")
        var lines: [(String, Int)] = [
            ("pending at the start", counts.pendingAtStart), ("arrived meanwhile", counts.arrived),
        ]
        lines += counts.completed.sorted { $0.key < $1.key }.map { ("  completed, \($0.key)", $0.value) }
        lines += [("  refused", counts.refused), ("  failed, need a person", counts.failed)]
        lines += counts.waiting.sorted { $0.key < $1.key }.map { ("  waiting for \($0.key)", $0.value) }
        lines += [
            ("  to be retried", counts.toBeRetried), ("  taken by others", counts.takenByOthers),
        ]
        for (label, count) in lines where count > 0 || !label.hasPrefix("  ") {
            let padding = String(repeating: " ", count: max(1, 40 - label.count))
            Terminal.out("  \(label)\(padding)\(count)")
        }
        Terminal.out(
            "  \(counts.toAccountFor) to account for, \(counts.accountedFor) accounted for: "
                + (counts.balances ? "the sums agree" : "THE SUMS DO NOT AGREE")
        )
        Terminal.out(
            "  \(counts.calls) calls, \(counts.reportsDelivered) documents delivered"
                + (counts.reportsUndelivered > 0 ? ", \(counts.reportsUndelivered) still to deliver" : "")
        )
        switch summary.signing {
        case .unconfigured: Terminal.out("  evidence: not signed, no key is configured ('dsr evidence key' makes one)")
        case .signed(let size): Terminal.out("  evidence: \(size) leaves under a signed head")
        case .failed: Terminal.out("  evidence: NOT SIGNED")
        }
        if let brake = report.brake { Terminal.out("  ERASURES ARE HELD BACK: \(brake)") }
        for (code, count) in report.attentionInOrder {
            Terminal.out("  \(code.replacing("_", with: " ")): \(count)")
        }
        for row in report.needsAPerson.prefix(20) {
            Terminal.out("  request \(row.requestID) (\(row.right)): \(row.state): \(row.reason)")
        }
        if report.needsAPerson.count > 20 {
            Terminal.out("  and \(report.needsAPerson.count - 20) more in the run report")
        }
    }
}
