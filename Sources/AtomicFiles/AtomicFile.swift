public import Foundation
import Glibc

/// Writes files completely or not at all, by default readable for their owner only.
public enum AtomicFile {
    /// The error of a file that could not be written. It does not contain the path, which the caller knows.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The kind of an error. Later versions may add codes.
        public struct Code: Sendable, Hashable, CustomStringConvertible {
            /// The name of the code.
            public let description: String

            /// A file with this name exists and must not be replaced.
            public static let alreadyExists = Code(description: "alreadyExists")
            /// The directory does not exist, or no file can be created in it.
            public static let directory = Code(description: "directory")
            /// The bytes cannot be written, for example because the disk is full.
            public static let content = Code(description: "content")
            /// The finished file cannot be renamed to its final name.
            public static let name = Code(description: "name")
        }

        /// The kind of error.
        public let code: Code
        /// What failed, with the system's message.
        public let description: String
        /// The system's error number, `errno`.
        public let systemError: Int32

        /// Whether a file with this name exists and must not be replaced.
        public var alreadyExists: Bool { code == .alreadyExists }

        init(_ code: Code, _ doing: String, _ number: Int32) {
            self.code = code
            self.description = "\(doing): \(String(cString: strerror(number)))"
            self.systemError = number
        }
    }

    /// Writes the bytes to a new file in the same directory, flushes it to disk, and renames it to its final name.
    ///
    /// - Parameters:
    ///   - path: The final path.
    ///   - replacing: Whether an existing file is replaced. A symbolic link is replaced, not followed.
    ///   - mode: The permissions; by default those of the owner only.
    ///   - naming: How the finished file gets its final name.
    /// - Throws: ``Failure``; no file is left behind.
    public static func write(
        _ content: Data,
        to path: String,
        replacing: Bool,
        mode: mode_t = 0o600,
        naming: Naming = .system
    ) throws(Failure) {
        try OpenDirectory(path: directory(of: path))
            .write(content, as: name(of: path), replacing: replacing, mode: mode, naming: naming)
    }

    /// The last part of a path. Slashes at the end do not count.
    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? ""
    }

    /// The directory that a file or a directory is in, `.` for a relative name alone. Slashes at the end do not count.
    /// Foundation's function for it crashes for a relative name of one character.
    public static func directory(of path: String) -> String {
        func withoutSlashes(_ text: Substring) -> Substring {
            text[..<(text.lastIndex { $0 != "/" }.map(text.index(after:)) ?? text.startIndex)]
        }
        let name = withoutSlashes(path[...])
        guard let slash = name.lastIndex(of: "/") else { return name.isEmpty && path.hasPrefix("/") ? "/" : "." }
        let parent = withoutSlashes(name[..<slash])
        return parent.isEmpty ? "/" : String(parent)
    }

    /// Writes bytes to an open file, and flushes it to disk.
    static func fill(_ file: Int32, with content: Data) throws(Failure) {
        var failure: Int32 = 0
        content.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    failure = errno
                    return
                }
                rest = rest.dropFirst(written)
            }
        }
        if failure == 0, fsync(file) != 0 { failure = errno }
        guard failure == 0 else { throw Failure(.content, "cannot write the file", failure) }
    }
}
