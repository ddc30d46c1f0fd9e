import Foundation
import Glibc

/// A file that a command reads whole. It may be a pipe: `/dev/stdin`, or `<(…)` of a shell.
enum InputFile {
    /// Reads a file, or standard input for `-`.
    ///
    /// - Returns: `nil` where it cannot be read.
    static func read(_ path: String) -> Data? {
        if path == "-" { return read(STDIN_FILENO) }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return read(file)
    }

    /// Reads a file with a secret, or with settings, that no other user may read. The rule is libpq's for the files of
    /// keys: mode 0600, or 0640 where root owns the file, or less.
    ///
    /// - Parameter name: What the file is, for the sentence.
    /// - Returns: `nil` where it cannot be read.
    /// - Throws: ``Failure`` `.configuration` where other users can read or change it.
    static func readPrivate(_ path: String, as name: String) throws -> Data? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        try requirePrivacy(of: status, path, name)
        return read(file)
    }

    /// - Throws: ``Failure`` `.configuration` where other users can read or change the file.
    static func requirePrivacy(_ path: String, as name: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        try requirePrivacy(of: status, path, name)
    }

    private static func requirePrivacy(of status: stat, _ path: String, _ name: String) throws {
        let open = status.st_mode & (status.st_uid == 0 ? 0o037 : 0o077)
        // A pipe has no mode that means anything.
        guard status.st_mode & S_IFMT == S_IFREG, open != 0 else { return }
        throw Failure(
            .configuration,
            "\(name) can be read or changed by other users; run 'chmod 600 \(path)'"
                + (status.st_uid == 0 ? ", or 'chmod 640 \(path)' where its group must read it" : "")
        )
    }

    private static func read(_ file: Int32) -> Data? {
        var content = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count > 0 {
                content.append(contentsOf: buffer[..<count])
            } else if count == 0 {
                return content
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return nil
            }
        }
    }
}
