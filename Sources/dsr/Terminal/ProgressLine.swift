import SubjectRequests
import Synchronization

/// One line on standard error that shows the progress of long work, on a terminal only.
final class ProgressLine: Sendable {
    private let started = ContinuousClock().now
    private let last = Mutex<ContinuousClock.Instant?>(nil)
    private let unit: String

    init(unit: String) {
        self.unit = unit
    }

    func update(done: Int) {
        guard Terminal.stderrIsTTY else { return }
        let now = ContinuousClock().now
        let isDue = last.withLock { last in
            guard last.map({ now - $0 > .milliseconds(200) }) ?? true else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let seconds = max(0.001, (now - started) / .seconds(1))
        let line = "\r\u{1B}[K\(done.grouped) \(unit), \(Int(Double(done) / seconds).grouped) per second"
        Terminal.progress(line)
    }

    func end() {
        guard Terminal.stderrIsTTY, last.withLock({ $0 != nil }) else { return }
        Terminal.progress("\r\u{1B}[K")
    }
}
