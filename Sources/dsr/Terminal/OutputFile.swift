import AtomicFiles
import Foundation

/// Where a command writes its result: a new file for its owner only, or standard output for `-`.
enum OutputFile {
    static func write(_ content: Data, to path: String, replacing: Bool) throws {
        guard path != "-" else { return try writeToStandardOutput(content) }
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
