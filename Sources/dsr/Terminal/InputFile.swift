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
    /// keys: it belongs to the user or to root, and has mode 0600, or 0640 where root owns it, or less. So systemd's
    /// credentials are accepted, and secrets that Kubernetes gives to a group.
    ///
    /// - Parameter name: What the file is, for the sentence.
    /// - Returns: `nil` where it cannot be read, or has more than a mebibyte, as a device without an end.
    /// - Throws: ``Failure`` `.configuration` where other users can read or change it.
    static func readPrivate(_ path: String, as name: String) throws -> Data? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        try requirePrivacy(of: status, path, name)
        return read(file, atMost: 1 << 20)
    }

    /// What is wrong with a file that could not be read, to complete "a file that …".
    static func problem(of path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOENT ? "does not exist" : "cannot be read: \(String(cString: strerror(errno)))"
        }
        if status.st_mode & S_IFMT == S_IFDIR { return "is a directory" }
        return access(path, R_OK) == 0 ? "is too large or cannot be read" : "cannot be read; check its permissions"
    }

    /// - Throws: ``Failure`` `.configuration` where other users can read or change the file.
    static func requirePrivacy(_ path: String, as name: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        try requirePrivacy(of: status, path, name)
    }

    /// - Throws: ``Failure`` `.configuration` where other users can change the file: it decides whom dsr trusts.
    static func requireIntegrity(_ path: String, as name: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        try requireOwner(of: status, name)
        guard status.st_mode & 0o022 == 0 else {
            throw Failure(.configuration, "\(name) can be changed by other users; run 'chmod go-w \(path.printable)'")
        }
    }

    private static func requireOwner(of status: stat, _ name: String) throws {
        guard ![0, geteuid()].contains(status.st_uid) else { return }
        throw Failure(
            .configuration,
            "\(name) belongs to another user (uid \(status.st_uid)), who can change it; give it to root or to dsr's user (uid "
                + "\(geteuid())) with 'chown'"
        )
    }

    private static func requirePrivacy(of status: stat, _ path: String, _ name: String) throws {
        // A pipe has no mode that means anything.
        guard status.st_mode & S_IFMT == S_IFREG else { return }
        try requireOwner(of: status, name)
        let open = status.st_mode & (status.st_uid == 0 ? 0o037 : 0o077)
        guard open != 0 else { return }
        throw Failure(
            .configuration,
            "\(name) can be read or changed by other users; run 'chmod 600 \(path.printable)'"
                + (status.st_uid == 0 ? ", or 'chmod 640 \(path.printable)' where its group must read it" : "")
        )
    }

    private static func read(_ file: Int32, atMost limit: Int = .max) -> Data? {
        var content = Data()
        while let part = nextPart(of: file) {
            guard !part.isEmpty else { return content }
            content += part
            if content.count > limit { return nil }
        }
        return nil
    }

    /// Reads what an open file has for now. Where that is nothing yet, waits for it.
    ///
    /// - Returns: No bytes at the end; `nil` where it cannot be read.
    static func nextPart(of file: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count >= 0 { return Array(buffer[..<count]) }
            if errno == EAGAIN || errno == EWOULDBLOCK {
                var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return nil
            }
        }
    }
}
