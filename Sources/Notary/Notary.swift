public import EvidenceLog
public import Store

/// Builds the tree over the evidence and signs its heads.
///
/// Before it signs, it proves to itself that the new head continues the last one, and the last one that was filed
/// outside the database; where that fails it stops, loudly, and signs nothing more until a person has looked.
public struct Notary: Sendable {
    let store: Store
    let key: SigningKey
    let directory: CheckpointDirectory?

    /// - Parameters:
    ///   - store: A connection of its own.
    ///   - key: The log's key; its name is the log's origin.
    ///   - directory: Where heads are filed; `nil` files none.
    public init(store: Store, key: SigningKey, directory: CheckpointDirectory?) {
        self.store = store
        self.key = key
        self.directory = directory
    }

    /// Leaf hashes read at once.
    static let batch: Int64 = 8_192

    /// Integrates what is new, signs the head and files it.
    ///
    /// - Returns: The head; `nil` where the log is empty.
    /// - Throws: ``NotaryError``.
    public func sign() async throws(NotaryError) -> Checkpoint? {
        do throws(StoreError) {
            try await store.lockTree()
        } catch {
            throw NotaryError(error)
        }
        let result: Result<Checkpoint?, NotaryError>
        do throws(NotaryError) {
            result = .success(try await signLocked())
        } catch {
            result = .failure(error)
        }
        try? await store.unlockTree()
        return try result.get()
    }

    private func signLocked() async throws(NotaryError) -> Checkpoint? {
        let last = try await lastSigned()
        let filed = try lastFiled()
        try compare(last, filed)
        let size = Int(try await read { () throws(StoreError) in try await store.evidenceSize() })
        guard size >= last?.size ?? 0 else {
            throw NotaryError(
                .inconsistent,
                "the log has \(size) leaves and a head of \(last?.size ?? 0) was signed: leaves are gone"
            )
        }
        guard size > 0 else { return nil }
        let head: Checkpoint
        var note: SignedNote?
        if let last, last.size == size {
            head = last
        } else {
            head = try checkpoint(size: size, root: try await integrate(from: last, to: size))
            // The new head continues the old one, by the proof that anybody else would be given.
            if let last { _ = try await consistency(from: last, to: head) }
            note = try signed(head)
            let text = note?.dataText ?? ""
            try await read { () throws(StoreError) in
                try await store.addCheckpoint(StoredCheckpoint(size: Int64(size), note: text))
            }
        }
        try await file(head, note, after: filed)
        return head
    }

    // MARK: - What was signed before

    private func lastSigned() async throws(NotaryError) -> Checkpoint? {
        guard let stored = try await read({ () throws(StoreError) in try await store.lastCheckpoint() }) else {
            return nil
        }
        return try opened(stored.note, "the last checkpoint in the database")
    }

    private func lastFiled() throws(NotaryError) -> Checkpoint? {
        guard let directory, let name = try directory.names().last else { return nil }
        return try opened(try directory.read(name).note, "the checkpoint file \(name)")
    }

    private func opened(_ note: String, _ what: String) throws(NotaryError) -> Checkpoint {
        do throws(EvidenceLogError) {
            return try LogPolicy(log: key.verifierKey).verify(SignedNote(text: note)).checkpoint
        } catch {
            throw NotaryError(
                .inconsistent,
                "\(what) does not hold under this key (\(error)); nothing is signed until a person has looked: "
                    + "is it another log's key, or was something changed?"
            )
        }
    }

    private func compare(_ last: Checkpoint?, _ filed: Checkpoint?) throws(NotaryError) {
        guard let filed else { return }
        guard let last, filed.size <= last.size else {
            throw NotaryError(
                .inconsistent,
                "a head of size \(filed.size) is filed, and the database knows none so large: it was set back or "
                    + "replaced; nothing is signed until a person has looked"
            )
        }
        guard filed.size < last.size || filed.root == last.root else {
            throw NotaryError(
                .inconsistent,
                "the head of size \(filed.size) in the database is not the one that was filed; nothing is signed until "
                    + "a person has looked"
            )
        }
    }

    // MARK: - The tree

    /// Builds the tiles from the last head on, in bounded memory.
    private func integrate(from last: Checkpoint?, to size: Int) async throws(NotaryError) -> TreeHash {
        var builder = try await builder(at: last)
        var next = Int64(builder.size)
        while next < size {
            let end = min(next + Self.batch, Int64(size))
            let from = next
            let hashes = try await read { () throws(StoreError) in try await store.leafHashes(from: from, to: end) }
            var full: [Tile] = []
            for hash in hashes {
                guard let hash = TreeHash(hash) else {
                    throw NotaryError(.inconsistent, "a stored leaf hash between \(from) and \(end) is not 32 bytes")
                }
                full += builder.append(hash)
            }
            try await add(full)
            next = end
        }
        try await add(builder.partialTiles)
        return builder.root
    }

    private func builder(at last: Checkpoint?) async throws(NotaryError) -> TileBuilder {
        guard let last else { return TileBuilder() }
        let tiles = try await store.evidenceTiles(TileLayout.partialTiles(size: last.size))
        let builder: TileBuilder
        do {
            builder = try TileBuilder(size: last.size, tiles: tiles)
        } catch {
            throw NotaryError(error, while: "the stored tiles of the head of size \(last.size)")
        }
        guard builder.root == last.root else {
            throw NotaryError(.inconsistent, "the stored tiles do not lead to the signed head of size \(last.size)")
        }
        return builder
    }

    private func add(_ tiles: [Tile]) async throws(NotaryError) {
        guard !tiles.isEmpty else { return }
        try await read { () throws(StoreError) in try await store.addTiles(tiles.map(StoredTile.init)) }
    }

    private func consistency(from old: Checkpoint, to new: Checkpoint) async throws(NotaryError) -> ConsistencyProof {
        do {
            let tiles = try await store.evidenceTiles(ConsistencyProof.tiles(oldSize: old.size, newSize: new.size))
            let proof = try ConsistencyProof(oldSize: old.size, newSize: new.size, tiles: TileSet(tiles))
            try proof.verify(oldRoot: old.root, newRoot: new.root)
            return proof
        } catch let error as EvidenceLogError {
            throw NotaryError(error, while: "the new head of size \(new.size) does not continue that of \(old.size)")
        } catch let error as NotaryError {
            throw error
        } catch {
            throw NotaryError(.store, "the tiles could not be read")
        }
    }

    // MARK: - Signing and filing

    private func checkpoint(size: Int, root: TreeHash) throws(NotaryError) -> Checkpoint {
        do {
            return try Checkpoint(origin: key.verifierKey.name, size: size, root: root)
        } catch {
            throw NotaryError(error, while: "the new head")
        }
    }

    private func signed(_ head: Checkpoint) throws(NotaryError) -> SignedNote {
        do {
            return try key.sign(head)
        } catch {
            throw NotaryError(.key, "the head cannot be signed: \(error)")
        }
    }

    private func file(_ head: Checkpoint, _ note: SignedNote?, after filed: Checkpoint?) async throws(NotaryError) {
        guard let directory, filed?.size != head.size else { return }
        let proof: [TreeHash] = if let filed { try await consistency(from: filed, to: head).hashes } else { [] }
        let text = if let note { note } else { try signed(head) }
        try directory.write(text.dataText, size: head.size, oldSize: filed?.size ?? 0, consistency: proof)
    }

    private func read<Value>(_ body: () async throws(StoreError) -> Value) async throws(NotaryError) -> Value {
        do throws(StoreError) {
            return try await body()
        } catch {
            throw NotaryError(error)
        }
    }
}
