import Processor
import SubjectRequests

/// The result of a dry run, for a terminal.
struct DryRunText {
    let environment: String
    let result: DryRun

    func print() {
        lines.forEach(Terminal.out)
    }

    var lines: [String] {
        ["Dry run on \(environment). Nothing was changed."]
            + result.checks.map { "  \($0.what): " + ($0.problem.map { "PROBLEM: \($0)" } ?? "ok") }
            + counts + deadlines
            + result.refusals.map { "  request \($0.request) would be refused: \($0.reason.printable)" }
            + (result.brake.map { ["  erasures would be held back: \($0)"] } ?? [])
            + ["  postponed: \(result.later.grouped); held by other runs: \(result.running.grouped)"]
    }

    private var counts: [String] {
        [
            ("new, would be admitted", result.newByRight), ("ready, would be processed", result.readyByRight),
            ("waiting", result.waitingByReason),
        ].flatMap { label, counts in
            counts.sorted { $0.key < $1.key }.map { "  \(label): \($1.grouped) \($0)" }
        }
    }

    /// Deadlines of requests that no run has admitted yet, so that no list has them.
    private var deadlines: [String] {
        let shown = result.newDeadlines.prefix(20).map { new in
            "  request \(new.request) (\(new.right)) would be answered by \(new.answerBy)"
                + (new.latestLawful == new.answerBy ? "" : ", at the latest by \(new.latestLawful)")
        }
        let rest = result.newByRight.values.reduce(0, +) - shown.count
        return shown + (rest > 0 ? ["  and \(rest.grouped) more new requests"] : [])
    }
}
