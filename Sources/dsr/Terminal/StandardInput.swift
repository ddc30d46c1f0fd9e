import Foundation
import Glibc

/// Text that an operator gives on standard input.
enum StandardInput {
    /// More than any identifier has, so that input without an end is not read to its end.
    private static let longestLine = 65_536

    /// Reads all of standard input as one line: without its line end, and unchanged otherwise.
    ///
    /// - Throws: ``Failure`` `.usage` where there is more than one line, or the bytes are not UTF-8 or too many.
    static func line() throws -> String {
        var bytes = Data()
        let isTerminal = isatty(STDIN_FILENO) == 1
        while bytes.count <= longestLine, !(isTerminal && bytes.contains(UInt8(ascii: "\n"))) {
            guard let more = InputFile.nextPart(of: STDIN_FILENO) else { throw unreadable }
            if more.isEmpty { break }
            bytes += more
        }
        guard bytes.count <= longestLine else {
            throw Failure(.usage, "standard input is longer than any identifier; nothing was done")
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        let line = try text(bytes)
        guard !bytes.contains(UInt8(ascii: "\n")), !bytes.contains(UInt8(ascii: "\r")) else {
            throw Failure(
                .usage,
                "standard input has more than one line, and one identifier was expected; nothing was done"
            )
        }
        return line
    }

    /// Reads all of standard input.
    ///
    /// - Throws: ``Failure`` `.usage` where the bytes are not UTF-8.
    static func text() throws -> String {
        guard let content = InputFile.read("-") else { throw unreadable }
        return try text(content)
    }

    private static let unreadable = Failure(.usage, "standard input cannot be read; nothing was done")

    private static func text(_ bytes: Data) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.usage, "standard input is not valid UTF-8; nothing was done")
        }
        return text
    }
}
