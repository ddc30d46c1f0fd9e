import EvidenceLog
import Foundation
import Store

/// The part of the audit that compares adopted breaks with the files: exactly what the log names may be set aside or
/// missing.
struct BreakReader {
    private let store: Store
    private let directory: CheckpointDirectory?
    private var abandoned: Set<LogBreak.Abandoned> = [], lost: Set<Int> = []
    /// Whether an entry about a break has lost its content, so that its files cannot be compared.
    private var isPruned = false

    init(store: Store, directory: CheckpointDirectory?) {
        self.store = store
        self.directory = directory
    }

    /// Reads an entry about a break.
    mutating func read(_ entry: LeafFields, _ payload: Data, _ findings: inout Audit.Findings) {
        struct Fields: Decodable { let log: LogBreak, ticket: String? }
        guard let fields = try? JSONDecoder().decode(Fields.self, from: payload) else {
            findings.add("log entry \(entry.index) does not say which break was adopted")
            return
        }
        abandoned.formUnion(fields.log.abandoned)
        lost.formUnion(fields.log.lost)
        var parts: [String] = []
        if !fields.log.abandoned.isEmpty {
            let sizes = fields.log.abandoned.map { "\($0.size)" }
            parts.append("from entry \(fields.log.from) on, checkpoints were abandoned (size \(sizes.listed))")
        }
        if !fields.log.lost.isEmpty {
            parts.append("checkpoint files were lost (size \(fields.log.lost.map { "\($0)" }.listed))")
        }
        findings.adopted.append(
            "log entry \(entry.index): \(parts.joined(separator: "; ")), ticket \(fields.ticket ?? "none")"
        )
    }

    /// An entry about a break without its content.
    mutating func readPruned() { isPruned = true }

    /// Compares the breaks with the files, and reports filed checkpoints whose files are missing.
    func finish(_ findings: inout Audit.Findings) async throws {
        guard let directory else { return }
        let missing = try await store.filedSizes(lost: false)
            .filter { !directory.contains(CheckpointDirectory.name(Int($0))) }
        if !missing.isEmpty {
            findings.add(
                "\(missing.count == 1 ? "a filed checkpoint is" : "\(missing.count) filed checkpoints are") missing in the "
                    + "checkpoint directory (size \(missing.map { "\($0)" }.listed)): is its file system mounted?"
            )
        }
        guard !isPruned else { return }
        for size in try await store.filedSizes(lost: true) where !lost.contains(Int(size)) {
            findings.add("the checkpoint of size \(size) is marked as lost, but no log entry says so")
        }
        var found: Set<LogBreak.Abandoned> = []
        for name in try directory.asideNames() {
            do {
                let file = try directory.summary(of: name)
                let named = LogBreak.Abandoned(size: file.size, root: file.root.base64)
                found.insert(named)
                guard !abandoned.contains(named) else { continue }
                findings.add("the checkpoint file \(name) was set aside, but no log entry says so")
            } catch {
                findings.add("\(error)")
            }
        }
        for named in abandoned.subtracting(found).sorted(by: { $0.size < $1.size }) {
            findings.add(
                "the abandoned checkpoint of size \(named.size) is missing among the files that were set aside"
            )
        }
    }
}

extension [String] {
    /// The first ten, and the number of the others.
    fileprivate var listed: String {
        prefix(10).joined(separator: ", ") + (count > 10 ? " and \(count - 10) more" : "")
    }
}
