import Processor

/// The result of a dry run, for a terminal.
struct DryRunText {
    let environment: String
    let result: DryRun

    func print() {
        Terminal.out("Dry run on \(environment). Nothing was changed.")
        for (label, counts) in [
            ("new, would be admitted", result.newByRight), ("ready, would be processed", result.readyByRight),
            ("waiting", result.waitingByReason),
        ] {
            for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
                Terminal.out("  \(label): \(count.grouped) \(key)")
            }
        }
        for refusal in result.refusals {
            Terminal.out("  request \(refusal.request) would be refused: \(refusal.reason.printable)")
        }
        if let brake = result.brake { Terminal.out("  erasures would be held back: \(brake)") }
        Terminal.out("  postponed: \(result.later.grouped); held by other runs: \(result.running.grouped)")
    }
}
