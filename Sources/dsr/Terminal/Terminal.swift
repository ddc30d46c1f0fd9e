import Foundation
import Glibc
import Synchronization

/// What a person sees: results on standard output, all else on standard error.
enum Terminal {
    /// Whether a person reads the results, and whether one reads the rest.
    static var showsResults: Bool { isatty(STDOUT_FILENO) == 1 }
    static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

    static func out(_ line: String) {
        write(line + "\n", to: STDOUT_FILENO)
    }

    static func out(_ bytes: Data) {
        bytes.withUnsafeBytes { write($0, to: STDOUT_FILENO) }
    }

    static func note(_ line: String) {
        write(line + "\n", to: STDERR_FILENO)
    }

    static func error(_ sentence: String) {
        let label = showsProgress ? "\u{1B}[31mError:\u{1B}[0m " : "Error: "
        note(sentence.hasPrefix("Error:") ? sentence : label + sentence)
    }

    /// Asks for a line on the terminal; `nil` where there is none to ask on.
    static func ask(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        write(question, to: STDERR_FILENO)
        return readLine(strippingNewline: true) ?? ""
    }

    private static func write(_ text: String, to file: Int32) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0), to: file) }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                guard errno == EINTR else { return }
                continue
            }
            rest = rest.dropFirst(written)
        }
    }
}

/// One line on standard error that tells how far long work has come; on a terminal only.
final class ProgressLine: Sendable {
    private let started = ContinuousClock().now
    private let last = Mutex<ContinuousClock.Instant?>(nil)
    private let unit: String

    init(unit: String) {
        self.unit = unit
    }

    func update(done: Int) {
        guard Terminal.showsProgress else { return }
        let now = ContinuousClock().now
        let isDue = last.withLock { last in
            guard last.map({ now - $0 > .milliseconds(200) }) ?? true else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let seconds = max(
            0.001,
            Double((now - started).components.seconds) + Double((now - started).components.attoseconds) / 1e18
        )
        let line = "\r\u{1B}[K\(done) \(unit), \(Int(Double(done) / seconds)) a second"
        FileHandle.standardError.write(Data(line.utf8))
    }

    func end() {
        guard Terminal.showsProgress, last.withLock({ $0 != nil }) else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}
