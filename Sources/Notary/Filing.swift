import AtomicFiles
import EvidenceLog
import Store

/// The checkpoint directory, as the notary finds it before it signs.
///
/// The files are what shows that the database was rewritten. If the last one that the database remembers is gone, no
/// other is written and no directory is made: it could be a share that is not mounted.
struct Filing {
    /// Where to write; `nil` if nothing is to be written.
    private(set) var directory: CheckpointDirectory?
    /// The last filed checkpoint; `nil` if there is none, or if it cannot be read.
    private(set) var last: Checkpoint?
    /// Whether a checkpoint was filed before, so that the directory must exist.
    let wasUsed: Bool
    /// The id of the log's database.
    let databaseID: String
    /// Why nothing is written; `nil` if nothing stands against it.
    private(set) var failure: NotaryError?

    init(_ directory: CheckpointDirectory?, store: Store, keys: LogKeys) async throws {
        let remembered = try await store.lastFiledSize()
        wasUsed = remembered != nil
        databaseID = try await store.deployment().databaseID
        guard let directory else {
            if remembered != nil {
                failure = NotaryError(
                    .file,
                    "checkpoints were filed before, but no checkpoint directory is configured"
                )
            }
            return
        }
        do {
            if let remembered, !directory.contains(CheckpointDirectory.name(Int(remembered))) {
                throw NotaryError(
                    .file,
                    "the checkpoint file \(CheckpointDirectory.name(Int(remembered))), which was filed last, is missing "
                        + "in the checkpoint directory. Is its file system mounted, and is it the same directory as "
                        + "before? Nothing is filed until the files are back; if they are lost, see 'dsr evidence adopt'"
                )
            }
            if let problem = directory.owned(byDatabase: databaseID).problem() { throw NotaryError(.file, problem) }
            if let name = try directory.names().last {
                let note = try directory.read(name).note
                last = try Self.verified(note, "the checkpoint file \(name)", keys)
            }
            self.directory = directory
        } catch let error as NotaryError where error.code == .file {
            failure = error
        }
    }

    /// Verifies a checkpoint that was signed before.
    ///
    /// - Throws: ``NotaryError`` `.inconsistent`.
    static func verified(_ note: String, _ name: String, _ keys: LogKeys) throws -> Checkpoint {
        do {
            return try keys.verify(SignedNote(text: note))
        } catch {
            throw NotaryError(
                .inconsistent,
                "\(name) is invalid under the configured key (\(error)): is it another log's key, or was the checkpoint "
                    + "changed? A new key takes over a log with 'dsr evidence key NEW --replaces OLD'. \(Notary.stopped)",
                cause: error
            )
        }
    }
}
