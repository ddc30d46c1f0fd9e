import EvidenceLog
import Foundation
import Store

/// The part of the audit that compares signed checkpoints, in the database and in files, with the root of the log entries
/// at their size.
struct CheckpointReader {
    private struct Named {
        let checkpoint: Checkpoint
        let name: String
    }

    private let store: Store
    private let keys: LogKeys
    private let directory: CheckpointDirectory?

    private var files: ArraySlice<String> = []
    private var filed: Named?
    private var previousFiled: Checkpoint?
    /// The sizes of the checkpoints whose files are accepted as lost.
    private var lost: Set<Int64> = []
    private var page: ArraySlice<StoredCheckpoint> = []
    private var stored: Named?
    private var lastStoredSize: Int64 = 0
    /// The size of the last checkpoint in the database when the audit began.
    private(set) var largest = 0

    init(store: Store, keys: LogKeys, directory: CheckpointDirectory?) {
        self.store = store
        self.directory = directory
        self.keys = keys
    }

    mutating func begin(_ findings: inout Audit.Findings) async throws {
        files = try directory?.names()[...] ?? []
        lost = Set(try await store.filedSizes(lost: true))
        largest = Int(try await store.lastCheckpoint()?.size ?? 0)
        nextFiled(&findings)
        try await nextStored(&findings)
    }

    /// Compares the checkpoints of this size with the root of the log entries.
    mutating func compare(_ size: Int, root: @autoclosure () -> TreeHash, _ findings: inout Audit.Findings) async throws
    {
        func check(_ next: Named) {
            guard next.checkpoint.root != root() else { return }
            findings.add("\(next.name) does not match the root of the log entries")
        }
        while let next = stored, next.checkpoint.size == size {
            check(next)
            try await nextStored(&findings)
        }
        while let next = filed, next.checkpoint.size == size {
            check(next)
            nextFiled(&findings)
        }
    }

    /// Reports the checkpoints that are left: they are larger than the log.
    mutating func finish(entries: Int, _ findings: inout Audit.Findings) {
        func finding(_ next: Named) -> String {
            "\(next.name) covers \(next.checkpoint.size) log entries, but the log has only \(entries) without a gap"
        }
        while let next = filed {
            findings.add(finding(next))
            nextFiled(&findings)
        }
        if let next = stored { findings.add(finding(next)) }
    }

    private mutating func nextStored(_ findings: inout Audit.Findings) async throws {
        stored = nil
        while stored == nil {
            if page.isEmpty { page = try await store.checkpoints(after: lastStoredSize, limit: 256)[...] }
            // Checkpoints that were signed since the audit began are left to the next audit.
            guard let next = page.popFirst(), next.size <= largest else { return }
            lastStoredSize = next.size
            findings.storedCheckpoints += 1
            let name = "the checkpoint of size \(next.size) in the database"
            guard let checkpoint = open(next.note, name, &findings) else { continue }
            if Int64(checkpoint.size) != next.size { findings.add("\(name) contains size \(checkpoint.size)") }
            stored = Named(checkpoint: checkpoint, name: name)
        }
    }

    private mutating func nextFiled(_ findings: inout Audit.Findings) {
        filed = nil
        while filed == nil, let name = files.popFirst(), let directory {
            findings.filedCheckpoints += 1
            do {
                let file = try directory.read(name)
                guard let checkpoint = open(file.note, "the checkpoint file \(name)", &findings) else { continue }
                guard CheckpointDirectory.name(checkpoint.size) == name else {
                    // It is not in order, so that it cannot be compared, and must not hide those after it.
                    findings.add("the checkpoint file \(name) contains a checkpoint of size \(checkpoint.size)")
                    continue
                }
                checkProof(of: file, checkpoint, &findings)
                previousFiled = checkpoint
                filed = Named(checkpoint: checkpoint, name: "the checkpoint file \(name)")
            } catch {
                findings.add("\(error)")
            }
        }
    }

    private func checkProof(of file: CheckpointDirectory.Filed, _ new: Checkpoint, _ findings: inout Audit.Findings) {
        guard let old = previousFiled, old.size == file.oldSize else {
            if file.oldSize != 0, !lost.contains(Int64(file.oldSize)) {
                findings.add(
                    "the checkpoint file \(file.name) continues a checkpoint of size \(file.oldSize) that is not filed"
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
            return try keys.verify(SignedNote(text: note))
        } catch {
            findings.add("\(name): \(error)")
            return nil
        }
    }
}
