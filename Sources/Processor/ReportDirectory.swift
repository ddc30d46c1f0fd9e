import AtomicFiles
import Foundation
import Glibc
public import Store
public import SubjectRequests

/// The directory in which the documents of one database become files.
public struct ReportDirectory: Sendable {
    let path: String
    /// The id of the database whose documents it holds.
    let databaseID: String

    /// A directory, whether it exists or not; its parent must exist.
    public init(path: String, databaseID: String) {
        self.path = path
        self.databaseID = databaseID
    }

    /// What a delivery came to.
    public struct Delivered: Sendable {
        /// Documents that are files now.
        public internal(set) var count = 0
        /// Why it stopped early; the other documents stay in the database, to be delivered later.
        var obstacle: String?
        /// Documents whose name is taken by a file with other bytes.
        var conflicts: [String] = []

        /// Why documents were not delivered; `nil` where all were.
        public var failure: String? {
            let sentences = [conflict, obstacle].compactMap(\.self)
            return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
        }

        private var conflict: String? {
            guard !conflicts.isEmpty else { return nil }
            let named = conflicts.prefix(5).joined(separator: ", ")
            let more = conflicts.count > 5 ? " and \(conflicts.count - 5) more" : ""
            return "the report directory has other contents under \(named)\(more), and nothing was replaced: find out "
                + "whose answer is there, and move it away"
        }
    }

    /// Writes every undelivered document, for an operator.
    ///
    /// - Parameter keepDays: The days for which a delivered document stays in the database.
    /// - Throws: ``StoreError``; ``RunError`` where the directory belongs to another database.
    public func deliver(from store: Store, keepDays: Int, by author: Author) async throws -> Delivered {
        try requireOwn()
        let store = ReconnectingStore(store, patience: .zero, shutdown: Shutdown())
        return try await Delivery(store: store, directory: self, author: author, keepDays: keepDays).deliverAll()
    }

    /// Checks that the directory can be used, and is not another database's.
    ///
    /// - Throws: ``RunError`` `.configuration`.
    func requireOwn() throws {
        if let problem = prepare() { throw RunError(.configuration, problem) }
    }

    /// Creates the directory, for its owner only, where its parent exists, and marks it as the database's.
    ///
    /// - Returns: What prevents writing to it, if anything does.
    func prepare() -> String? {
        if let problem = Self.create(path) { return problem }
        let marker = (path as NSString).appendingPathComponent(Self.markerName)
        // A full disk must not hide whose directory it is.
        if access(marker, F_OK) == 0 { return ownershipProblem(marker) }
        do {
            try AtomicFile.write(Data("\(databaseID)\n".utf8), to: marker, replacing: false)
            return nil
        } catch  where error.alreadyExists {
            return ownershipProblem(marker)
        } catch {
            return "the report directory cannot be marked as this database's: \(error)"
        }
    }

    /// Creates a directory, for its owner only, where its parent exists.
    ///
    /// - Returns: What prevents writing to it, if anything does.
    static func create(_ path: String) -> String? {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            return "the report directory cannot be created: \(String(cString: strerror(errno)))"
        }
        guard access(path, W_OK | X_OK) == 0 else {
            return "the report directory is not writable: \(String(cString: strerror(errno)))"
        }
        return nil
    }

    /// The file that says whose documents are in the directory.
    private static let markerName = ".dsr-database"

    private func ownershipProblem(_ marker: String) -> String? {
        let content = FileManager.default.contents(atPath: marker).map { String(decoding: $0, as: UTF8.self) }
        let owner = content?.trimmingCharacters(in: .whitespacesAndNewlines)
        if owner == databaseID { return nil }
        guard let owner, owner.wholeMatch(of: /[0-9a-f]{6}/) != nil else {
            return "the file \(Self.markerName) in the report directory cannot be read as the id of a database; "
                + "this is database \(databaseID)"
        }
        return
            "the report directory belongs to database \(owner), and this is database \(databaseID); give each database "
            + "a report directory of its own"
    }

    /// What would prevent ``prepare()``; creates nothing.
    func problem() -> String? {
        let marker = (path as NSString).appendingPathComponent(Self.markerName)
        return Self.problem(of: path, named: "report directory", createsParents: false)
            ?? (access(marker, F_OK) == 0 ? ownershipProblem(marker) : nil)
    }

    /// What prevents files from being written to a directory that is created where it is missing.
    static func problem(of path: String, named name: String, createsParents: Bool) -> String? {
        var place = path
        if access(place, F_OK) != 0 {
            repeat {
                place = AtomicFile.directory(of: place)
            } while createsParents && access(place, F_OK) != 0 && place != "/" && place != "."
        }
        var status = stat()
        guard stat(place, &status) == 0 else {
            return "the \(name) cannot be created: \(String(cString: strerror(errno)))"
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "the \(name) is not a directory" }
        guard access(place, W_OK | X_OK) == 0 else {
            return "the \(name) is not writable: \(String(cString: strerror(errno)))"
        }
        return nil
    }

    /// Writes one document. A file that has the same bytes is left as it is: a run may have crashed after it wrote it.
    ///
    /// - Returns: `false` where a file of that name has other bytes. It is not replaced.
    /// - Throws: `AtomicFile.Failure`.
    func write(_ document: UndeliveredDocument) async throws -> Bool {
        let file = (path as NSString).appendingPathComponent(document.fileName)
        return try await withCheckedThrowingContinuation { continuation in
            // Flushing waits for the disk, which must not block one of Swift's few cooperative threads.
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Self.write(document.content, to: file) })
            }
        }
    }

    private static func write(_ content: Data, to file: String) throws -> Bool {
        do {
            try AtomicFile.write(content, to: file, replacing: false)
            return true
        } catch  where error.alreadyExists {
            return FileManager.default.contents(atPath: file) == content
        }
    }
}
