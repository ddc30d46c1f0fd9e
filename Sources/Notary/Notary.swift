public import EvidenceLog
public import Store

/// Builds the Merkle tree over the evidence, and signs and files its checkpoints.
///
/// Before it signs, it verifies that the new checkpoint is consistent with the last one in the database and with the
/// last one that was filed outside of it. If not, it throws and signs nothing until an operator has resolved it.
public struct Notary: Sendable {
    let store: Store
    let key: SigningKey
    let directory: CheckpointDirectory?

    /// A notary for one log.
    ///
    /// - Parameters:
    ///   - store: A connection that is not used by others.
    ///   - key: The log's key; its name is the log's origin.
    ///   - directory: Where checkpoints are filed; `nil` files none.
    public init(store: Store, key: SigningKey, directory: CheckpointDirectory?) {
        self.store = store
        self.key = key
        self.directory = directory
    }

    /// The number of leaf hashes that are read at once.
    static let batch: Int64 = 8_192

    /// Adds new log entries to the tree, and signs and files a checkpoint over all of them.
    ///
    /// - Returns: The checkpoint; `nil` if the log is empty.
    /// - Throws: ``NotaryError``, `StoreError` or `EvidenceLogError`.
    public func sign() async throws -> Checkpoint? {
        try await store.lockTree()
        do {
            let checkpoint = try await signLocked()
            try? await store.unlockTree()
            return checkpoint
        } catch {
            try? await store.unlockTree()
            throw error
        }
    }

    private func signLocked() async throws -> Checkpoint? {
        let last = try await lastStored()
        let filed = try lastFiled()
        let size = Int(try await store.evidenceSize())
        try check(size: size, last: last, filed: filed)
        guard size > 0 else { return nil }
        if let last, last.size == size {
            try await file(last, after: filed)
            return last
        }
        let root = try await integrate(from: last, to: size)
        let new = try Checkpoint(origin: key.verifierKey.name, size: size, root: root)
        // The same check that a witness makes.
        if let last { _ = try await consistency(from: last, to: new) }
        let note = try key.sign(new)
        try await store.addCheckpoint(StoredCheckpoint(size: Int64(size), note: note.dataText))
        try await file(new, note, after: filed)
        return new
    }

    // MARK: - What was signed before

    private func lastStored() async throws -> Checkpoint? {
        guard let stored = try await store.lastCheckpoint() else { return nil }
        return try verified(stored.note, "the last checkpoint in the database")
    }

    private func lastFiled() throws -> Checkpoint? {
        guard let directory, let name = try directory.names().last else { return nil }
        return try verified(try directory.read(name).note, "the checkpoint file \(name)")
    }

    private func verified(_ note: String, _ name: String) throws -> Checkpoint {
        do {
            return try LogPolicy(log: key.verifierKey).verify(SignedNote(text: note)).checkpoint
        } catch {
            throw NotaryError(
                .inconsistent,
                "\(name) is invalid under the configured key (\(error)): is it another log's key, or was the checkpoint "
                    + "changed? \(Self.stopped)",
                cause: error
            )
        }
    }

    private func check(size: Int, last: Checkpoint?, filed: Checkpoint?) throws {
        func stop(_ reason: String) -> NotaryError { NotaryError(.inconsistent, "\(reason) \(Self.stopped)") }
        if let filed, size < filed.size {
            throw stop(
                "the database has fewer log entries (\(size)) than the last filed checkpoint (\(filed.size)): was it "
                    + "restored from a backup?"
            )
        }
        if let last, size < last.size {
            throw stop(
                "the database has fewer log entries (\(size)) than its last checkpoint (\(last.size)): were entries "
                    + "deleted?"
            )
        }
        guard let filed else { return }
        guard let last, filed.size <= last.size else {
            throw stop(
                "the database lacks the checkpoint of size \(filed.size), which was filed: were checkpoints deleted?"
            )
        }
        guard filed.size < last.size || filed.root == last.root else {
            throw stop(
                "the checkpoint of size \(filed.size) in the database differs from the filed one: was the log rewritten?"
            )
        }
    }

    private static let stopped = "Signing is stopped; 'dsr evidence verify' lists what does not match"

    // MARK: - The tree

    /// Builds the tiles from the last checkpoint on, in bounded memory.
    private func integrate(from last: Checkpoint?, to size: Int) async throws -> TreeHash {
        var builder = try await builder(at: last)
        var next = Int64(builder.size)
        while next < size {
            let end = min(next + Self.batch, Int64(size))
            var full: [Tile] = []
            for hash in try await store.leafHashes(from: next, to: end) {
                guard let hash = TreeHash(hash) else {
                    throw NotaryError(.inconsistent, "a stored leaf hash between \(next) and \(end) is not 32 bytes")
                }
                full += builder.append(hash)
            }
            try await add(full)
            next = end
        }
        try await add(builder.partialTiles)
        return builder.root
    }

    private func builder(at last: Checkpoint?) async throws -> TileBuilder {
        guard let last else { return TileBuilder() }
        let tiles = try await store.evidenceTiles(TileLayout.partialTiles(size: last.size))
        let builder = try NotaryError.checking("the stored tiles of the checkpoint of size \(last.size) are invalid") {
            try TileBuilder(size: last.size, tiles: tiles)
        }
        guard builder.root == last.root else {
            throw NotaryError(
                .inconsistent,
                "the stored tiles do not match the root of the checkpoint of size \(last.size)"
            )
        }
        return builder
    }

    private func add(_ tiles: [Tile]) async throws {
        guard !tiles.isEmpty else { return }
        try await store.addTiles(tiles.map(StoredTile.init))
    }

    private func consistency(from old: Checkpoint, to new: Checkpoint) async throws -> ConsistencyProof {
        let tiles = try await store.evidenceTiles(ConsistencyProof.tiles(oldSize: old.size, newSize: new.size))
        return try NotaryError.checking(
            "the new checkpoint of size \(new.size) is not consistent with the one of size \(old.size)"
        ) {
            let proof = try ConsistencyProof(oldSize: old.size, newSize: new.size, tiles: TileSet(tiles))
            try proof.verify(oldRoot: old.root, newRoot: new.root)
            return proof
        }
    }

    // MARK: - Filing

    /// Files a checkpoint, unless it is the last one that was filed.
    ///
    /// - Parameter note: The signed checkpoint; `nil` signs it again, for one that an earlier run could not file.
    private func file(_ checkpoint: Checkpoint, _ note: SignedNote? = nil, after filed: Checkpoint?) async throws {
        guard let directory, filed?.size != checkpoint.size else { return }
        let proof = if let filed { try await consistency(from: filed, to: checkpoint).hashes } else { [TreeHash]() }
        let note = if let note { note } else { try key.sign(checkpoint) }
        try directory.write(note.dataText, size: checkpoint.size, oldSize: filed?.size ?? 0, consistency: proof)
    }
}
