public import EvidenceLog
import Foundation
public import Store

/// Accepts a break between the database and the checkpoint files, after an operator has found its cause.
///
/// Two breaks can be adopted. The database was restored from a backup, so files have checkpoints that it does not know:
/// these are abandoned and moved aside. Files are lost: their checkpoints are marked as lost. Log entries name each
/// checkpoint, and nothing is deleted. A log that contradicts a checkpoint that both sides know was rewritten, and
/// cannot be adopted.
public struct Adoption: Sendable {
    /// An adopted break.
    public struct Adopted: Sendable {
        /// The log entry that states it; the first one, if there are several.
        public let entry: Int64
        /// The number of log entries up to which both sides agree.
        public let from: Int
        /// The sizes of the abandoned checkpoints, and of those whose files are lost.
        public let abandoned: [Int], lost: [Int]
        /// The folder to which files were moved; `nil` if none was.
        public let folder: String?
    }

    let store: Store
    let log: [VerifierKey]
    let directory: CheckpointDirectory

    /// An adoption.
    ///
    /// - Parameter log: The log's keys.
    public init(store: Store, log: [VerifierKey], directory: CheckpointDirectory) {
        self.store = store
        self.log = log
        self.directory = directory
    }

    /// The number of checkpoints that one log entry names, so that no entry is too long.
    private static let namesPerEntry = 256

    /// Appends the log entries, and moves the abandoned files.
    ///
    /// - Throws: ``NotaryError`` `.notFound` if there is no break, `.inconsistent` if it is none that can be adopted.
    public func adopt(ticket: String, actor: String, version: String) async throws -> Adopted {
        try await store.lockingTree {
            let last = try await lastKnown()
            let files = try directory.names().map { try directory.summary(of: $0) }
            try await checkCommonHistory(files.last { $0.size <= last })
            let abandoned = files.filter { $0.size > last }
            let lost = try await store.filedSizes(lost: false)
                .filter { !directory.contains(CheckpointDirectory.name(Int($0))) }
            guard !abandoned.isEmpty || !lost.isEmpty else {
                throw NotaryError(
                    .notFound,
                    "there is nothing to adopt: the database knows all checkpoint files, and none is missing"
                )
            }
            let entry = try await store.adopt(
                try LogBreak.split(from: last, abandoned, lost.map(Int.init), Self.namesPerEntry).map { try $0.json() },
                lost: lost,
                ticket: ticket,
                actor: actor,
                version: version
            )
            return Adopted(
                entry: entry,
                from: last,
                abandoned: abandoned.map(\.size),
                lost: lost.map(Int.init),
                folder: try directory.setAside(abandoned.map(\.name), entry: entry)
            )
        }
    }

    /// The size of the last checkpoint in the database, 0 if there is none.
    private func lastKnown() async throws -> Int {
        guard let stored = try await store.lastCheckpoint() else { return 0 }
        let last = try Filing.verified(
            stored.note,
            "the last checkpoint in the database",
            try await LogKeys(log, in: store)
        )
        guard try await store.evidenceSize() >= last.size else {
            throw NotaryError(
                .inconsistent,
                "the database has fewer log entries than its own last checkpoint (\(last.size)): entries were deleted, "
                    + "which is no restore and cannot be adopted"
            )
        }
        return last.size
    }

    /// The last file that the database should know must be one that it knows.
    private func checkCommonHistory(_ file: CheckpointDirectory.Summary?) async throws {
        guard let file else { return }
        let stored = try await store.checkpoint(ofSize: Int64(file.size))
        let root = stored.flatMap { try? Checkpoint(SignedNote(text: $0.note)).root }
        guard root == file.root else {
            throw NotaryError(
                .inconsistent,
                "the database contradicts the checkpoint file \(file.name): its history was rewritten, which is no "
                    + "restore and cannot be adopted"
            )
        }
    }
}

/// The part `log` of an entry about an adopted break.
struct LogBreak: Codable, Sendable {
    struct Abandoned: Codable, Hashable, Sendable {
        let size: Int, root: String
    }

    /// The number of log entries up to which both sides agree.
    let from: Int
    /// The checkpoints whose files were moved aside.
    let abandoned: [Abandoned]
    /// The sizes of the checkpoints whose files are lost.
    let lost: [Int]

    /// A break as several parts, each of which names at most `limit` checkpoints.
    static func split(
        from: Int,
        _ abandoned: [CheckpointDirectory.Summary],
        _ lost: [Int],
        _ limit: Int
    ) -> [LogBreak] {
        let abandoned = abandoned.map { Abandoned(size: $0.size, root: $0.root.base64) }
        func slices<Element>(_ list: [Element]) -> [[Element]] {
            stride(from: 0, to: list.count, by: limit).map { Array(list[$0..<min($0 + limit, list.count)]) }
        }
        return slices(abandoned).map { LogBreak(from: from, abandoned: $0, lost: []) }
            + slices(lost).map { LogBreak(from: from, abandoned: [], lost: $0) }
    }

    func json() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
}
