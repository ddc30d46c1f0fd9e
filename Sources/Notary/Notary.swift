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
    /// The key that this one replaces, with which the next checkpoint is signed too.
    let predecessor: SigningKey?

    /// A signed checkpoint.
    public struct Signed: Sendable {
        /// The checkpoint.
        public let checkpoint: Checkpoint
        /// Why it could not be filed; `nil` if it was, or if no directory is configured.
        public let filingFailure: NotaryError?
    }

    /// A notary for one log.
    ///
    /// - Parameters:
    ///   - store: A connection that is not used by others.
    ///   - key: The log's key; its name is the log's origin.
    ///   - directory: Where checkpoints are filed; `nil` files none.
    public init(store: Store, key: SigningKey, directory: CheckpointDirectory?) {
        self.init(store: store, key: key, directory: directory, predecessor: nil)
    }

    init(store: Store, key: SigningKey, directory: CheckpointDirectory?, predecessor: SigningKey?) {
        self.store = store
        self.key = key
        self.directory = directory
        self.predecessor = predecessor
    }

    /// The number of leaf hashes that are read at once.
    static let batch: Int64 = 8_192

    /// Adds new log entries to the tree, and signs and files a checkpoint over all of them.
    ///
    /// - Returns: The checkpoint; `nil` if the log is empty. It is signed even if it cannot be filed.
    /// - Throws: ``NotaryError``, `StoreError` or `EvidenceLogError` if nothing was signed.
    public func sign() async throws -> Signed? {
        try await store.lockingTree { try await signLocked() }
    }

    /// Signs and files, under the tree's lock.
    func signLocked() async throws -> Signed? {
        let keys = try await LogKeys([key.verifierKey], in: store)
        try checkInForce(keys)
        let last = try await lastStored(keys)
        let filing = try await Filing(directory, store: store, keys: keys)
        let size = Int(try await store.evidenceSize())
        try check(size: size, last: last, filed: filing.last)
        guard size > 0 else { return nil }
        if let last, last.size == size {
            return try await file(last, note: try await store.lastCheckpoint()?.note ?? "", filing)
        }
        let root = try await integrate(from: last, to: size)
        let new = try Checkpoint(origin: key.verifierKey.name, size: size, root: root)
        // The same check that a witness makes.
        if let last { _ = try await consistency(from: last, to: new) }
        var note = try key.sign(new)
        if let predecessor { note = try note.adding(predecessor.signature(of: note)) }
        try await store.addCheckpoint(StoredCheckpoint(size: Int64(size), note: note.dataText))
        return try await file(new, note: note.dataText, filing)
    }

    // MARK: - What was signed before

    /// A host that still has a key which was replaced must not sign with it.
    private func checkInForce(_ keys: LogKeys) throws {
        guard let replacement = keys.replacement(of: key.verifierKey) else { return }
        throw NotaryError(
            .inconsistent,
            "the configured key was replaced at log entry \(replacement.index) by "
                + "\(replacement.new.name)+\(replacement.new.id); configure the new key"
        )
    }

    func lastStored(_ keys: LogKeys) async throws -> Checkpoint? {
        guard let stored = try await store.lastCheckpoint() else { return nil }
        return try Filing.verified(stored.note, "the last checkpoint in the database", keys)
    }

    func check(size: Int, last: Checkpoint?, filed: Checkpoint?) throws {
        func stop(_ reason: String) -> NotaryError { NotaryError(.inconsistent, "\(reason) \(Self.stopped)") }
        if let filed, size < filed.size {
            throw stop(
                "the database has fewer log entries (\(size)) than the last filed checkpoint (\(filed.size)): was it "
                    + "restored from a backup? Then see 'dsr evidence adopt'."
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
                "the database lacks the checkpoint of size \(filed.size), which was filed: were checkpoints deleted, or "
                    + "was it restored from a backup? Then see 'dsr evidence adopt'."
            )
        }
        guard filed.size < last.size || filed.root == last.root else {
            throw stop(
                "the checkpoint of size \(filed.size) in the database differs from the filed one: was the log rewritten?"
            )
        }
    }

    static let stopped = "Signing is stopped; 'dsr evidence verify' lists what does not match"

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
            try await store.keepTree()
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

    /// Files a checkpoint, unless it is the last one that was filed, and remembers that.
    private func file(_ checkpoint: Checkpoint, note: String, _ filing: Filing) async throws -> Signed {
        func signed(_ failure: NotaryError?) -> Signed { Signed(checkpoint: checkpoint, filingFailure: failure) }
        guard let directory = filing.directory else { return signed(filing.failure) }
        if filing.last?.size != checkpoint.size {
            let proof =
                if let last = filing.last {
                    try await consistency(from: last, to: checkpoint).hashes
                } else { [TreeHash]() }
            do {
                try directory.write(
                    note,
                    size: checkpoint.size,
                    oldSize: filing.last?.size ?? 0,
                    consistency: proof,
                    databaseID: filing.databaseID,
                    creating: !filing.wasUsed
                )
            } catch let error as NotaryError where error.code == .file {
                return signed(error)
            }
        }
        try await store.markFiled(Int64(checkpoint.size))
        return signed(nil)
    }
}

extension Store {
    /// The longest time for which the tree is reserved without a sign of life, and between two tries to reserve it.
    private static let reservation = Duration.seconds(60), tryInterval = Duration.milliseconds(50)
    /// How long to wait for another connection that builds the tree.
    private static let reservationPatience = Duration.seconds(60)

    /// Renews the reservation of the tree.
    func keepTree() async throws {
        _ = try await reserveTree(for: Self.reservation)
    }

    /// Runs `body` while no other connection changes the tree. The reservation is renewed meanwhile.
    ///
    /// - Throws: ``NotaryError`` `.busy` where another connection keeps the tree.
    func lockingTree<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let end = ContinuousClock.now + Self.reservationPatience
        while let holder = try await reserveTree(for: Self.reservation) {
            guard ContinuousClock.now < end else {
                throw NotaryError(
                    .busy,
                    "the evidence tree is reserved by \(holder); end it, or wait until it has signed"
                )
            }
            try await Task.sleep(for: Self.tryInterval)
        }
        do {
            let value = try await body()
            try? await releaseTree()
            return value
        } catch {
            try? await releaseTree()
            throw error
        }
    }
}
