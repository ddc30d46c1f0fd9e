import Foundation
import Processor
import Reports
import Store
import SubjectRequests

/// What a run would find, without changing anything.
struct Preview {
    let configuration: DsrConfiguration
    let settings: ProcessorSettings

    func print(json: Bool) async throws {
        let preview = try await configuration.withStore { store in
            try await Forecast.read(from: store, settings: settings)
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Terminal.out(try encoder.encode(preview))
            Terminal.out("")
            return
        }
        Terminal.out("Dry run on \(settings.environment.rawValue): nothing is changed.")
        for (label, counts) in [
            ("new, would be admitted", preview.newByRight), ("ready, would be worked", preview.readyByRight),
            ("waiting", preview.waitingByReason),
        ] {
            for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
                Terminal.out("  \(label): \(count) \(key)")
            }
        }
        for refusal in preview.refusals {
            Terminal.out("  request \(refusal.request) would be refused: \(refusal.reason)")
        }
        if let brake = preview.brake { Terminal.out("  erasures would be held back: \(brake)") }
        Terminal.out("  later: \(preview.later); held by other runs: \(preview.running)")
    }
}
