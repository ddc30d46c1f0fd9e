import AtomicFiles
import Foundation
import Glibc
public import Store
public import SubjectRequests

/// The directory in which documents become files.
public struct ReportDirectory: Sendable {
    let path: String

    /// A directory, whether it exists or not; its parent must exist.
    public init(path: String) {
        self.path = path
    }

    /// What a delivery came to.
    public struct Delivered: Sendable {
        /// Documents that were written.
        public internal(set) var count = 0
        /// Why it stopped early; the other documents stay in the database, to be delivered later.
        public internal(set) var failure: String?
    }

    /// Writes every undelivered document, for an operator.
    ///
    /// - Throws: ``StoreError``.
    public func deliver(from store: Store, by author: Author) async throws -> Delivered {
        let store = ReconnectingStore(store, patience: .zero, shutdown: Shutdown())
        return try await Delivery(store: store, directory: self, author: author).deliverAll()
    }

    /// Creates the directory, for its owner only, where its parent exists.
    ///
    /// - Returns: What prevents writing to it, if anything does.
    func prepare() -> String? {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            return "the report directory cannot be created: \(String(cString: strerror(errno)))"
        }
        guard access(path, W_OK | X_OK) == 0 else {
            return "the report directory is not writable: \(String(cString: strerror(errno)))"
        }
        return nil
    }

    /// What would prevent ``prepare()``; creates nothing.
    func problem() -> String? { Self.problem(of: path, named: "report directory", createsParents: false) }

    /// What prevents files from being written to a directory that is created where it is missing.
    static func problem(of path: String, named name: String, createsParents: Bool) -> String? {
        var place = path
        if access(place, F_OK) != 0 {
            repeat {
                let parent = (place as NSString).deletingLastPathComponent
                place = parent.isEmpty ? "." : parent
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

    /// Writes one document, replacing a file of that name: after a crash the same bytes are written again.
    ///
    /// - Throws: `AtomicFile.Failure`.
    func write(_ document: UndeliveredDocument) async throws {
        let file = (path as NSString).appendingPathComponent(document.fileName)
        try await withCheckedThrowingContinuation { continuation in
            // Flushing waits for the disk, which must not block one of Swift's few cooperative threads.
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try AtomicFile.write(document.content, to: file, replacing: true) }
                )
            }
        }
    }
}
