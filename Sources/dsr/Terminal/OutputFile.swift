import AtomicFiles
import Foundation

/// Where a command writes its result: a new file for its owner only, or standard output for `-`.
enum OutputFile {
    static func write(_ content: Data, to path: String, replacing: Bool) throws {
        guard path != "-" else { return Terminal.out(content) }
        do {
            try AtomicFile.write(content, to: path, replacing: replacing)
        } catch  where error.alreadyExists {
            throw Failure(.usage, "the output file exists; give --force to replace it")
        } catch {
            throw Failure(.usage, "cannot write the output file: \(error)")
        }
    }
}
