public import EvidenceLog
import Foundation
public import Store

/// Verifies the whole log: recomputes everything from the log entries and reports what does not match.
///
/// Recomputes the hashes, the tiles and the root of every signed checkpoint, in the database and in files. Reads the log
/// as a stream, so memory does not grow with its length.
public struct Audit: Sendable {
    /// The result of an audit.
    public struct Findings: Sendable, Encodable {
        /// The number of verified log entries, of checkpoints in the database, and of checkpoint files.
        public internal(set) var entries = 0, storedCheckpoints = 0, filedCheckpoints = 0
        /// The number of log entries whose payload was dropped.
        public internal(set) var pruned = 0
        /// The number of log entries that no signed checkpoint covers yet.
        public internal(set) var unsigned = 0
        /// What does not match, in the order in which it was found; the first 1,000 problems.
        public internal(set) var problems: [String] = []
        /// Claims without a result in the log: of requests in progress, or of a run that died.
        public internal(set) var open: [String] = []
        /// Breaks that an operator adopted, and keys that were replaced, as the log states them.
        public internal(set) var adopted: [String] = []
        /// The number of problems, including those after the first 1,000.
        public internal(set) var problemCount = 0

        mutating func add(_ problem: String) {
            problemCount += 1
            if problems.count < 1_000 { problems.append(problem) }
        }
    }

    let store: Store
    let log: [VerifierKey]
    let directory: CheckpointDirectory?

    /// An audit of one log.
    ///
    /// - Parameters:
    ///   - log: The log's keys, at least one. A key that was replaced is found in the log.
    ///   - directory: Where checkpoints are filed outside the database; `nil` compares none.
    public init(store: Store, log: [VerifierKey], directory: CheckpointDirectory?) {
        self.store = store
        self.log = log
        self.directory = directory
    }

    /// Reads and verifies the whole log.
    ///
    /// - Parameter progress: Called now and then with the number of log entries read so far.
    /// - Throws: ``NotaryError`` or `StoreError` if the database or the checkpoint directory cannot be read;
    ///   `EvidenceLogError` if the key is not a log's key. Data that does not match is a finding, not an error.
    public func run(progress: @Sendable (Int) -> Void = { _ in }) async throws -> Findings {
        var reader = LogReader(store: store, keys: try await LogKeys(log, in: store), directory: directory)
        try await reader.readLeaves(progress)
        try await reader.finish()
        return reader.findings
    }
}
