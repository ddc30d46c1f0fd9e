public import Foundation
import Glibc

/// Writes files whole or not at all, by default for their owner's eyes only.
public enum AtomicFile {
    /// Why a file could not be written. The path is the caller's own and not repeated.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What the system said, with what was being done.
        public let description: String
        /// Whether there is a file of that name already.
        public let alreadyExists: Bool

        init(_ doing: String, _ number: Int32) {
            self.description = "\(doing): \(String(cString: strerror(number)))"
            self.alreadyExists = number == EEXIST
        }
    }

    /// Writes the bytes to a new file beside the path, flushes it to the disk, and gives it its name.
    ///
    /// - Parameters:
    ///   - path: Where the file is to be.
    ///   - replacing: Whether a file that is there may be replaced. A symbolic link is replaced, not followed.
    ///   - mode: Its permissions; by default its owner's only.
    /// - Throws: ``Failure``; nothing is left behind then.
    public static func write(
        _ content: Data,
        to path: String,
        replacing: Bool,
        mode: mode_t = 0o600
    ) throws(Failure) {
        let directory = (path as NSString).deletingLastPathComponent
        let temporary = ((directory.isEmpty ? "." : directory) as NSString)
            .appendingPathComponent(".dsr-\(UUID().uuidString).part")
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw Failure("cannot create a file in the directory", errno) }
        do throws(Failure) {
            try fill(file, with: content)
            try name(temporary, path, replacing: replacing)
        } catch {
            unlink(temporary)
            throw error
        }
        flushDirectory(directory.isEmpty ? "." : directory)
    }

    private static func fill(_ file: Int32, with content: Data) throws(Failure) {
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
        if close(file) != 0, failure == 0 { failure = errno }
        guard failure == 0 else { throw Failure("cannot write the file", failure) }
    }

    private static func name(_ temporary: String, _ path: String, replacing: Bool) throws(Failure) {
        if replacing {
            guard rename(temporary, path) == 0 else { throw Failure("cannot give the file its name", errno) }
        } else {
            // A hard link fails where the name is taken, which rename would silently replace.
            guard link(temporary, path) == 0 else { throw Failure("cannot give the file its name", errno) }
            unlink(temporary)
        }
    }

    private static func flushDirectory(_ path: String) {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}
