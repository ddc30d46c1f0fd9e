import AtomicFiles
import Foundation
import Glibc
import Reports
public import Store
public import SubjectRequests

/// The directory in which the documents of one database become files.
public struct ReportDirectory: Sendable {
    private let path: String
    private let own: OwnDirectory

    /// A directory, whether it exists or not; its parent must exist.
    public init(path: String, databaseID: String) {
        self.path = path
        own = OwnDirectory(path: path, name: "report directory", databaseID: databaseID)
    }

    /// Writes every undelivered document, for an operator.
    ///
    /// - Parameter keepDays: The days for which a delivered document stays in the database.
    /// - Throws: ``StoreError``; ``RunError`` where the directory belongs to another database, or others can change it.
    public func deliver(from store: Store, keepDays: Int, by author: Author) async throws -> DeliveryResult {
        try requireOwn()
        let store = ReconnectingStore(store, patience: .zero, shutdown: Shutdown())
        return try await Delivery(store: store, directory: self, author: author, keepDays: keepDays).deliverAll()
    }

    /// Checks that the directory can be used, that nobody else can change it, and that it is not another database's. Removes
    /// what writers have left that were killed.
    ///
    /// - Throws: ``RunError`` `.configuration`.
    func requireOwn() throws {
        do {
            try open().directory.removeUnfinished()
        } catch {
            throw RunError(.configuration, error.description)
        }
    }

    /// Creates the directory, for its owner only, where its parent exists, and opens it.
    func open() throws(OwnDirectory.Problem) -> OpenReportDirectory {
        Self.create(path)
        return OpenReportDirectory(directory: try own.open(), databaseID: own.databaseID)
    }

    /// Creates a directory, for its owner only, where its parent exists.
    ///
    /// - Returns: What prevents writing to it, if anything does.
    @discardableResult
    static func create(_ path: String) -> String? {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            return "the report directory cannot be created: \(String(cString: strerror(errno)))"
        }
        guard access(path, W_OK | X_OK) == 0 else {
            return "the report directory is not writable: \(String(cString: strerror(errno)))"
        }
        return nil
    }

    /// What would prevent ``open()``; creates nothing.
    func problem() -> String? {
        Self.problem(of: path, named: own.name, createsParents: false) ?? own.problem()
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
}

/// The report directory, open.
struct OpenReportDirectory: Sendable {
    let directory: OpenDirectory
    let databaseID: String

    /// What became of one document.
    enum Written: Sendable {
        /// It is a file.
        case done
        /// Its name is none that a document of this database has. The name comes from the database, and is not used.
        case badName
        /// Its bytes are not those that were recorded.
        case altered
        /// A file of that name has other bytes, or is no file. It is not replaced.
        case conflict
        /// It could not be written.
        case failed(AtomicFile.Failure)
    }

    /// Writes one document. A file that has the same bytes is left as it is: a run may have crashed after it wrote it.
    func write(_ document: StoredDocument) async -> Written {
        guard DocumentNames(databaseID: databaseID).includes(document.fileName) else { return .badName }
        return await withCheckedContinuation { continuation in
            // Flushing waits for the disk, which must not block one of Swift's few cooperative threads.
            DispatchQueue.global().async { continuation.resume(returning: writeNow(document)) }
        }
    }

    private func writeNow(_ document: StoredDocument) -> Written {
        guard document.isIntact else { return .altered }
        do {
            try directory.write(document.content, as: document.fileName, replacing: false)
            return .done
        } catch {
            guard error.alreadyExists else { return .failed(error) }
            return directory.read(document.fileName) == document.content ? .done : .conflict
        }
    }
}
