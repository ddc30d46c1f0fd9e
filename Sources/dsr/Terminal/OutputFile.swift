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
        if let problem = problem(of: path, replacing: replacing) {
            throw Failure(.usage, "\(problem). Nothing was done")
        }
    }

    static func write(_ content: Data, to path: String, replacing: Bool) throws {
        guard path != "-" else { return try writeToStandardOutput(content) }
        if let problem = problem(of: path, replacing: replacing) { throw Failure(.usage, problem) }
        do {
            try AtomicFile.write(content, to: path, replacing: replacing)
        } catch  where error.alreadyExists {
            throw Failure(.usage, fileExists)
        } catch {
            throw Failure(.usage, "cannot write the output file: \(error)")
        }
    }

    private static let fileExists = "the output file exists; give --force to replace it, or another name"

    private static func problem(of path: String, replacing: Bool) -> String? {
        guard !path.isEmpty, !path.hasSuffix("/") else {
            return "--output must be the name of a file, or - for standard output"
        }
        var status = stat()
        // A symbolic link counts, even one that leads nowhere.
        if lstat(path, &status) == 0 {
            guard replacing else { return fileExists }
            guard status.st_mode & S_IFMT == S_IFREG else {
                return "the output is not a regular file, and --force replaces no other; give another name, or - for "
                    + "standard output"
            }
        }
        guard FileManager.default.isWritableFile(atPath: AtomicFile.directory(of: path)) else {
            return "the folder of the output file does not exist or is not writable"
        }
        return nil
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
