import Foundation
import Glibc

/// A directory for the files of one database, which only the user of the process can change.
///
/// Another user who can write to it could replace files. A file in it carries the id of its database, so that two
/// databases never write to one directory: both number their requests from 1.
public struct OwnDirectory: Sendable {
    /// The path of the directory.
    public let path: String
    /// What the directory is, for sentences: "report directory".
    public let name: String
    /// The id of the database whose files it holds.
    public let databaseID: String

    /// A directory, whether it exists or not.
    public init(path: String, name: String, databaseID: String) {
        self.path = path
        self.name = name
        self.databaseID = databaseID
    }

    /// Why the directory cannot be used: what is wrong, and what to do.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        /// One sentence, without a full stop.
        public let description: String

        init(_ description: String) { self.description = description }
    }

    /// Opens the directory, and marks it as the database's where it has no mark yet.
    ///
    /// - Throws: ``Problem``.
    public func open() throws(Problem) -> OpenDirectory {
        let directory = try trusted()
        try mark(directory)
        return directory
    }

    /// What would prevent ``open()``; changes nothing. A directory that does not exist has no problem.
    public func problem() -> String? {
        guard access(path, F_OK) == 0 else { return nil }
        do {
            try requireOwn(try trusted())
            return nil
        } catch {
            return error.description
        }
    }

    // MARK: - Whose it is

    /// Opens the directory where nobody else can change it.
    private func trusted() throws(Problem) -> OpenDirectory {
        var link = stat()
        if lstat(path, &link) == 0, link.st_mode & S_IFMT == S_IFLNK, ![geteuid(), 0].contains(link.st_uid) {
            throw Problem(
                "the \(name) is a symbolic link of another user (uid \(link.st_uid)), who can lead it elsewhere; name the "
                    + "directory itself"
            )
        }
        let directory: OpenDirectory
        do {
            directory = try OpenDirectory(path: path)
        } catch {
            guard error.systemError != ENOTDIR else { throw Problem("the \(name) is not a directory") }
            throw Problem("the \(name) cannot be opened: \(String(cString: strerror(error.systemError)))")
        }
        let status = directory.status
        guard status.st_uid == geteuid() else {
            throw Problem(
                "the \(name) belongs to another user (uid \(status.st_uid)), and dsr runs as uid \(geteuid()); run dsr as the "
                    + "directory's user, or give the directory to dsr's user with 'chown'"
            )
        }
        guard status.st_mode & 0o022 == 0 else {
            throw Problem(
                "other users can write to the \(name), and could exchange its files; run 'chmod go-w' on it"
            )
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw Problem("the \(name) is not writable: \(String(cString: strerror(errno)))")
        }
        return directory
    }

    // MARK: - Whose files it holds

    /// The file that says which database's files are in the directory.
    private static let marker = ".dsr-database"

    private func mark(_ directory: OpenDirectory) throws(Problem) {
        // A full disk must not hide whose directory it is.
        guard !directory.contains(Self.marker) else { return try requireOwn(directory) }
        do {
            try directory.write(Data("\(databaseID)\n".utf8), as: Self.marker, replacing: false)
        } catch {
            guard !error.alreadyExists else { return try requireOwn(directory) }
            throw Problem("the \(name) cannot be marked as this database's: \(error)")
        }
    }

    /// - Throws: ``Problem`` where the directory has the mark of another database, or one that cannot be read.
    private func requireOwn(_ directory: OpenDirectory) throws(Problem) {
        guard directory.contains(Self.marker) else { return }
        let owner = directory.read(Self.marker).flatMap { $0.count < 64 ? String(validating: $0, as: UTF8.self) : nil }?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        if owner == databaseID { return }
        guard let owner, owner.wholeMatch(of: /[0-9a-f]{6}/) != nil else {
            throw Problem(
                "the file \(Self.marker) in the \(name) cannot be read as the id of a database; this is database "
                    + databaseID
            )
        }
        throw Problem(
            "the \(name) belongs to database \(owner), and this is database \(databaseID); give each database a \(name) of "
                + "its own"
        )
    }
}
