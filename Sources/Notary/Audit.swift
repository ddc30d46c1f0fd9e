public import EvidenceLog
import Foundation
public import Store

/// Reads the whole log again and says what does not hold.
///
/// Everything is recomputed from the leaves' bytes: hashes, tiles, and the root under every signed head, stored or
/// filed. Streams; its memory does not grow with the log.
public struct Audit: Sendable {
    /// What was found.
    public struct Findings: Sendable, Encodable {
        /// Leaves, heads in the database and heads in files that were checked.
        public internal(set) var leaves = 0, storedHeads = 0, filedHeads = 0
        /// Leaves whose payload was dropped.
        public internal(set) var pruned = 0
        /// Leaves that no signed head covers yet.
        public internal(set) var unsigned = 0
        /// What does not hold, in the order it was found; the first 1,000.
        public internal(set) var problems: [String] = []
        /// Claims whose end the log does not tell: in work, or of a run that died.
        public internal(set) var open: [String] = []

        /// How many things do not hold, those beyond the first 1,000 included.
        public internal(set) var problemCount = 0

        mutating func add(_ problem: String) {
            problemCount += 1
            if problems.count < 1_000 { problems.append(problem) }
        }
    }

    let store: Store
    let log: VerifierKey
    let directory: CheckpointDirectory?

    /// - Parameters:
    ///   - log: The key that signed the heads.
    ///   - directory: Where heads are filed outside the database.
    public init(store: Store, log: VerifierKey, directory: CheckpointDirectory?) {
        self.store = store
        self.log = log
        self.directory = directory
    }

    /// Reads everything.
    ///
    /// - Parameter progress: Told how many leaves were read, now and then.
    /// - Throws: ``NotaryError`` where the database or a file cannot be read at all; what is read and wrong is a finding.
    public func run(progress: @Sendable (Int) -> Void = { _ in }) async throws(NotaryError) -> Findings {
        var reader = LogReader(store: store, log: log, directory: directory)
        do {
            try await reader.readLeaves(progress)
            try await reader.finish()
        } catch let error as StoreError {
            throw NotaryError(error)
        } catch let error as NotaryError {
            throw error
        } catch {
            throw NotaryError(.store, "the log could not be read")
        }
        return reader.findings
    }
}
