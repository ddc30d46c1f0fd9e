import Foundation
import Glibc

/// Output for operators: results on standard output, everything else on standard error.
enum Terminal {
    static var stdoutIsTTY: Bool { isatty(STDOUT_FILENO) == 1 }
    static var stderrIsTTY: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether standard error may be coloured. https://no-color.org
    private static var isColoured: Bool {
        stderrIsTTY && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Prints text, in which no control character reaches a terminal; see ``Swift/String/printable`` for text from outside.
    static func out(_ line: String) {
        write(line.withoutControls + "\n", to: STDOUT_FILENO)
    }

    static func out(_ bytes: Data) {
        bytes.withUnsafeBytes { write($0, to: STDOUT_FILENO) }
    }

    static func note(_ line: String) {
        write(line.withoutControls + "\n", to: STDERR_FILENO)
    }

    static func error(_ sentence: String) {
        write(isColoured ? "\u{1B}[31mError:\u{1B}[0m " : "Error: ", to: STDERR_FILENO)
        note(sentence)
    }

    /// Asks for a line on the terminal; `nil` where standard input is not a terminal.
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
