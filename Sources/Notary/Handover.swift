public import EvidenceLog
import Foundation
public import Store

/// Hands a log over to a new key: an entry in the log, and a checkpoint over it that both keys sign.
///
/// If the old key is lost, the entry says so, and only the new key signs.
public struct Handover: Sendable {
    let store: Store
    let old: VerifierKey
    let oldKey: SigningKey?
    let new: SigningKey
    let directory: CheckpointDirectory?

    /// A handover by the old key.
    public init(store: Store, from old: SigningKey, to new: SigningKey, directory: CheckpointDirectory?) {
        self.init(store: store, old: old.verifierKey, oldKey: old, new: new, directory: directory)
    }

    /// A handover from a key that is lost, of which only the verifier key is known.
    public init(store: Store, fromLost old: VerifierKey, to new: SigningKey, directory: CheckpointDirectory?) {
        self.init(store: store, old: old, oldKey: nil, new: new, directory: directory)
    }

    private init(
        store: Store,
        old: VerifierKey,
        oldKey: SigningKey?,
        new: SigningKey,
        directory: CheckpointDirectory?
    ) {
        self.store = store
        self.old = old
        self.oldKey = oldKey
        self.new = new
        self.directory = directory
    }

    /// Appends the entry and signs the checkpoint. Idempotent: what an interrupted handover did is not done again.
    ///
    /// - Throws: ``NotaryError`` if the old key is not the log's key in force.
    public func perform(ticket: String?, actor: String, version: String) async throws -> Notary.Signed {
        try await store.lockingTree {
            let keys = try await LogKeys([old, new.verifierKey], in: store)
            let done = keys.replacement(of: old)
            // Without the keys after it, the checkpoints that they signed could not be verified.
            if let done, done.new != new.verifierKey {
                throw NotaryError(
                    .inconsistent,
                    "the key \(old.name)+\(old.id) was replaced at log entry \(done.index) by "
                        + "\(done.new.name)+\(done.new.id); give the key in force to --replaces"
                )
            }
            let notary = Notary(store: store, key: new, directory: directory, predecessor: oldKey)
            let last = try await notary.lastStored(keys)
            if done == nil {
                try await checkBefore(last, notary, keys)
                try await store.replaceKey(
                    try LogKeys.Replacement.fields(old: old, new: new.verifierKey),
                    isLost: oldKey == nil,
                    ticket: ticket,
                    actor: actor,
                    version: version
                )
            }
            guard let signed = try await notary.signLocked() else {
                throw NotaryError(.notFound, "the log is empty; a new log needs no handover")
            }
            return signed
        }
    }

    /// Nothing is appended unless the checkpoint can be signed afterwards.
    private func checkBefore(_ last: Checkpoint?, _ notary: Notary, _ keys: LogKeys) async throws {
        let filing = try await Filing(directory, store: store, keys: keys)
        try notary.check(size: Int(try await store.evidenceSize()), last: last, filed: filing.last)
        if let failure = filing.failure { throw failure }
    }
}
