public import Foundation
import Glibc

/// A directory that is open. Its files are named relative to it, so that none is ever looked for elsewhere, whatever
/// becomes of its path in the meantime.
public final class OpenDirectory: Sendable {
    let descriptor: Int32

    /// Opens a directory.
    ///
    /// - Throws: ``AtomicFile/Failure`` `.directory`.
    public init(path: String) throws(AtomicFile.Failure) {
        let flags = O_DIRECTORY | O_CLOEXEC
        var descriptor = open(path, O_RDONLY | flags)
        // A directory that may be written and not be listed, as a mail drop.
        if descriptor < 0, errno == EACCES { descriptor = open(path, Self.pathOnly | flags) }
        guard descriptor >= 0 else {
            throw AtomicFile.Failure(.directory, "cannot open the directory", errno)
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// `O_PATH`, which Glibc's module does not declare.
    private static let pathOnly: Int32 = 0o10_000_000

    /// Owner and permissions.
    public var status: stat {
        var status = stat()
        fstat(descriptor, &status)
        return status
    }

    // MARK: - Writing

    /// Writes the bytes to a new file, flushes it to disk, and gives it its name.
    ///
    /// - Parameters:
    ///   - name: The file's name, without a slash.
    ///   - replacing: Whether an existing file is replaced. A symbolic link is replaced, not followed.
    ///   - mode: The permissions; by default those of the owner only.
    ///   - naming: How the finished file gets its name.
    /// - Throws: ``AtomicFile/Failure``; no file is left behind.
    public func write(
        _ content: Data,
        as name: String,
        replacing: Bool,
        mode: mode_t = 0o600,
        naming: AtomicFile.Naming = .system
    ) throws(AtomicFile.Failure) {
        guard Self.isName(name) else { throw AtomicFile.Failure(.name, "cannot name the file", EINVAL) }
        let (temporary, file) = try unfinished(mode)
        defer {
            close(file)
            // Where the file was renamed, it is gone.
            unlinkat(descriptor, temporary, 0)
        }
        try AtomicFile.fill(file, with: content)
        if replacing {
            guard renameat(descriptor, temporary, descriptor, name) == 0 else {
                throw AtomicFile.Failure(.name, "cannot rename the file", errno)
            }
        } else {
            try naming.name(temporary, name, in: descriptor, content, mode)
        }
        fsync(descriptor)
    }

    /// A new file without its final name. The lock says that its writer lives, see ``removeUnfinished()``.
    private func unfinished(_ mode: mode_t) throws(AtomicFile.Failure) -> (name: String, file: Int32) {
        while true {
            let name = Self.prefix + UUID().uuidString + Self.suffix
            let file = openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
            guard file >= 0 else {
                throw AtomicFile.Failure(.directory, "cannot create a file in the directory", errno)
            }
            flock(file, LOCK_EX | LOCK_NB)
            var status = stat()
            // Between the creation and the lock it may have been taken for that of a writer who died.
            if fstat(file, &status) == 0, status.st_nlink > 0 { return (name, file) }
            close(file)
        }
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    // MARK: - Reading

    /// The bytes of a regular file in it; `nil` where there is none that can be read. A symbolic link is not followed.
    public func read(_ name: String) -> Data? {
        guard Self.isName(name) else { return nil }
        // Without O_NONBLOCK a named pipe would be waited for.
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try? handle.readToEnd() ?? Data()
    }

    /// Whether anything has that name, a symbolic link that leads nowhere included.
    public func contains(_ name: String) -> Bool {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    // MARK: - Files of writers who died

    private static let prefix = ".dsr-", suffix = ".part"

    /// Removes what writers have left that were killed before they were done: it may be a part of a customer's data. A file
    /// that is being written is locked and stays.
    ///
    /// - Returns: The number of removed files.
    @discardableResult
    public func removeUnfinished() -> Int {
        unfinishedNames().count { name in
            let file = openat(descriptor, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else { return false }
            defer { close(file) }
            var status = stat()
            guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
                flock(file, LOCK_EX | LOCK_NB) == 0
            else { return false }
            return unlinkat(descriptor, name, 0) == 0
        }
    }

    private func unfinishedNames() -> [String] {
        // fdopendir takes the descriptor over, and moves its position.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix),
                UUID(uuidString: String(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))) != nil
            {
                names.append(name)
            }
        }
        return names
    }
}
