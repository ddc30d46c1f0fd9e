import Foundation
import Glibc
import Synchronization

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
        var line = line.withoutControls + "\n"
        line.withUTF8 { out(UnsafeRawBufferPointer($0)) }
    }

    static func out(_ bytes: Data) {
        bytes.withUnsafeBytes { out($0) }
    }

    /// The error of the first write to standard output that failed; 0 where all of it arrived. What follows a failed write
    /// is not written.
    static var outputError: Int32 { firstOutputError.load(ordering: .relaxed) }

    private static let firstOutputError = Atomic<Int32>(0)

    private static let isProblemTaken = Atomic(false)

    /// What to say of output that did not arrive; `nil` where all of it did, where its reader closed the pipe, and where it
    /// was said already.
    static func takeOutputProblem() -> String? {
        guard outputError != 0, outputError != EPIPE, !isProblemTaken.exchange(true, ordering: .relaxed) else {
            return nil
        }
        return "the output was not written completely to standard output: \(String(cString: strerror(outputError)))"
    }

    /// Ends the program. Output that did not arrive is an error, even if everything else went well.
    static func exit(_ code: Int32) -> Never {
        if let problem = takeOutputProblem() { error(problem) }
        Foundation.exit(code == EXIT_SUCCESS && outputError != 0 ? EXIT_FAILURE : code)
    }

    static func note(_ line: String) {
        progress(line.withoutControls + "\n")
    }

    static func warn(_ sentence: String) {
        note("Warning: \(sentence)")
    }

    static func error(_ sentence: String) {
        progress(isColoured ? "\u{1B}[31mError:\u{1B}[0m " : "Error: ")
        note(sentence)
    }

    /// Whether a human can read a question and answer it.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks for a line on the terminal; `nil` where standard input is not a terminal.
    static func ask(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        progress(question)
        return readLine(strippingNewline: true) ?? ""
    }

    /// Text on standard error without a line feed.
    static func progress(_ text: String) {
        var text = text
        // An error on standard error cannot be reported anywhere.
        _ = text.withUTF8 { write(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
    }

    private static func out(_ bytes: UnsafeRawBufferPointer) {
        guard outputError == 0 else { return }
        let error = write(bytes, to: STDOUT_FILENO)
        if error != 0 { firstOutputError.store(error, ordering: .relaxed) }
    }

    /// Writes all bytes. Where the file takes no more for now, waits for it.
    ///
    /// - Returns: 0, or the error that prevents it.
    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                var waiting = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
