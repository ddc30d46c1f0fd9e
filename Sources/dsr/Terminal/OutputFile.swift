import AtomicFiles
import Foundation
import Glibc

/// Where a command writes its result: a new file for its owner only, or standard output for `-`.
enum OutputFile {
    /// Checks before any work whether the result can be written.
    ///
    /// - Throws: ``Failure`` that says that nothing was done.
    static func check(_ path: String, replacing: Bool) throws {
        guard path != "-" else { return try requireStandardOutput() }
        guard !path.isEmpty, !path.hasSuffix("/") else {
            throw Failure(.usage, "--output must be the name of a file, or - for standard output; nothing was done")
        }
        var status = stat()
        if lstat(path, &status) == 0 {
            guard replacing else {
                throw Failure(
                    .usage,
                    "the output file exists; nothing was done. Give --force to replace it, or another name"
                )
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw Failure(
                    .usage,
                    "the output is not a regular file, and --force replaces no other; nothing was done. Give another name, "
                        + "or - for standard output"
                )
            }
        }
        guard FileManager.default.isWritableFile(atPath: AtomicFile.directory(of: path)) else {
            throw Failure(.usage, "the folder of the output file does not exist or is not writable; nothing was done")
        }
    }

    static func write(_ content: Data, to path: String, replacing: Bool) throws {
        guard path != "-" else { return try writeToStandardOutput(content) }
        try check(path, replacing: replacing)
        do {
            try AtomicFile.write(content, to: path, replacing: replacing)
        } catch  where error.alreadyExists {
            throw Failure(.usage, "the output file exists; give --force to replace it")
        } catch {
            throw Failure(.usage, "cannot write the output file: \(error)")
        }
    }

    /// - Throws: ``Failure`` where the program was started without a standard output.
    static func requireStandardOutput() throws {
        guard !StandardDescriptors.isStdoutClosed else {
            throw Failure(.needsAction, "standard output is closed, so nothing can be written to it")
        }
    }

    private static func writeToStandardOutput(_ content: Data) throws {
        try requireStandardOutput()
        Terminal.out(content)
        if let problem = Terminal.takeOutputProblem() { throw Failure(.needsAction, problem) }
        // The reader has closed the pipe and knows it.
        if Terminal.outputError != 0 { Terminal.exit(EXIT_FAILURE) }
    }
}
