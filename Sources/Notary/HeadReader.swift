import EvidenceLog
import Foundation
import Store

/// The signed heads beside the audit's pass: those in the database and those in files, each compared with the root
/// that the leaves give at its size.
struct HeadReader {
    private struct Head {
        let checkpoint: Checkpoint
        let name: String
    }

    private let store: Store
    private let policy: Result<LogPolicy, EvidenceLogError>
    private let directory: CheckpointDirectory?

    private var files: ArraySlice<String> = []
    private var filed: Head?
    private var previousFiled: Checkpoint?
    private var stored: ArraySlice<StoredCheckpoint> = []
    private var storedHead: Head?
    private var lastStoredSize: Int64 = 0
    /// The size of the largest head that holds.
    private(set) var largest = 0

    init(store: Store, log: VerifierKey, directory: CheckpointDirectory?) {
        self.store = store
        self.directory = directory
        do {
            self.policy = .success(try LogPolicy(log: log))
        } catch {
            self.policy = .failure(error)
        }
    }

    mutating func begin(_ findings: inout Audit.Findings) async throws {
        files = try directory?.names()[...] ?? []
        largest = Int(try await store.lastCheckpoint()?.size ?? 0)
        nextFiled(&findings)
        try await nextStored(&findings)
    }

    /// Compares the heads of this size with the root that the leaves give.
    mutating func compare(_ size: Int, root: @autoclosure () -> TreeHash, _ findings: inout Audit.Findings) async throws
    {
        while let head = storedHead, head.checkpoint.size == size {
            if head.checkpoint.root != root() { findings.add("\(head.name) is not the root of the leaves under it") }
            try await nextStored(&findings)
        }
        while let head = filed, head.checkpoint.size == size {
            if head.checkpoint.root != root() { findings.add("\(head.name) is not the root of the leaves under it") }
            nextFiled(&findings)
        }
    }

    /// Heads that are left are larger than the log.
    mutating func finish(leaves: Int, _ findings: inout Audit.Findings) {
        while let head = filed {
            findings.add("\(head.name) has \(head.checkpoint.size) leaves, and the log only \(leaves): it was cut off")
            nextFiled(&findings)
        }
        if let head = storedHead {
            findings.add("\(head.name) has \(head.checkpoint.size) leaves, and the log only \(leaves): it was cut off")
        }
    }

    private mutating func nextStored(_ findings: inout Audit.Findings) async throws {
        storedHead = nil
        while storedHead == nil {
            if stored.isEmpty { stored = try await store.checkpoints(after: lastStoredSize, limit: 256)[...] }
            // Heads that were signed since the pass began are for the next audit.
            guard let next = stored.popFirst(), next.size <= largest else { return }
            lastStoredSize = next.size
            findings.storedHeads += 1
            let name = "the checkpoint of size \(next.size) in the database"
            guard let checkpoint = open(next.note, name, &findings) else { continue }
            if Int64(checkpoint.size) != next.size { findings.add("\(name) says size \(checkpoint.size)") }
            storedHead = Head(checkpoint: checkpoint, name: name)
        }
    }

    private mutating func nextFiled(_ findings: inout Audit.Findings) {
        filed = nil
        while filed == nil, let name = files.popFirst(), let directory {
            findings.filedHeads += 1
            do throws(NotaryError) {
                let file = try directory.read(name)
                guard let checkpoint = open(file.note, "the checkpoint file \(name)", &findings) else { continue }
                if CheckpointDirectory.name(checkpoint.size) != name {
                    findings.add("the checkpoint file \(name) holds a head of size \(checkpoint.size)")
                }
                checkProof(of: file, checkpoint, &findings)
                previousFiled = checkpoint
                filed = Head(checkpoint: checkpoint, name: "the checkpoint file \(name)")
            } catch {
                findings.add(error.description)
            }
        }
    }

    private func checkProof(of file: CheckpointDirectory.Filed, _ new: Checkpoint, _ findings: inout Audit.Findings) {
        guard let old = previousFiled, old.size == file.oldSize else {
            if file.oldSize != 0 {
                findings.add(
                    "the checkpoint file \(file.name) continues a head of size \(file.oldSize) that is not filed"
                )
            }
            return
        }
        do {
            try ConsistencyProof(oldSize: old.size, newSize: new.size, hashes: file.consistency)
                .verify(oldRoot: old.root, newRoot: new.root)
        } catch {
            findings.add("the checkpoint file \(file.name): \(error)")
        }
    }

    private func open(_ note: String, _ name: String, _ findings: inout Audit.Findings) -> Checkpoint? {
        do {
            return try policy.get().verify(SignedNote(text: note)).checkpoint
        } catch {
            findings.add("\(name): \(error)")
            return nil
        }
    }
}
