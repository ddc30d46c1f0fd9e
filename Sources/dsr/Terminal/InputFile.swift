import Foundation

/// A file that a command reads, which may be a pipe, for example `<(…)` or `/dev/stdin`.
enum InputFile {
    /// The whole content of a file, or of standard input for `-`; `nil` where it cannot be read.
    static func read(_ path: String) -> Data? {
        guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else { return nil }
        return try? file.readToEnd() ?? Data()
    }
}
