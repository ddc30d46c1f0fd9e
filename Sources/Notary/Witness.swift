import AtomicFiles
public import EvidenceLog
public import Foundation

/// A witness on another host: cosigns each checkpoint file that is consistent with the last one it signed.
///
/// It needs the checkpoint files and keys, but no database. The log's operator does not have the witness's key, and so
/// cannot rewrite a cosigned history alone.
public struct Witness: Sendable {
    let key: CosigningKey
    let logs: [VerifierKey]
    let directory: CheckpointDirectory
    let stateFile: String

    /// A witness of one log.
    ///
    /// - Parameters:
    ///   - key: The witness's key, which the log's operator must not have.
    ///   - logs: The log's keys, at least one; more than one after the log's key was replaced.
    ///   - directory: The checkpoint files.
    ///   - state: The path of the state file, in which the witness keeps the last checkpoint it signed. The log's
    ///     operator must not be able to write it.
    public init(key: CosigningKey, logs: [VerifierKey], directory: CheckpointDirectory, state: String) {
        self.key = key
        self.logs = logs
        self.directory = directory
        self.stateFile = state
    }

    /// Signs the checkpoints after the last one it signed, in their order.
    ///
    /// - Parameter now: The time that the signatures state.
    /// - Returns: The checkpoints signed now.
    /// - Throws: ``NotaryError`` `.inconsistent`, with the file's name, at the first checkpoint that must not be signed,
    ///   or if all are older than the last one that it signed.
    public func cosign(now: Date) throws -> [Checkpoint] {
        var latest = try readState()
        var signed: [Checkpoint] = []
        let names = try directory.names()
        if let latest, names.allSatisfy({ $0 < CheckpointDirectory.name(latest.size) }) {
            throw NotaryError(
                .inconsistent,
                "no checkpoint file covers \(latest.size) log entries, and this witness has signed a checkpoint that does: "
                    + "was the log restored from a backup? Nothing is signed; ask the log's operator"
            )
        }
        for name in names {
            let filed = try directory.read(name)
            let note = try NotaryError.checking("the checkpoint file \(name) is invalid") {
                try SignedNote(text: filed.note)
            }
            guard try isNew(note, after: latest, name) else { continue }
            switch try WitnessState(log: signer(of: note), latest: latest)
                .decide(note, oldSize: filed.oldSize, hashes: filed.consistency)
            {
            case .refuse(let refusal):
                throw NotaryError(.inconsistent, "the checkpoint file \(name) is not signed: \(refusal)")
            case .sign(let checkpoint):
                try sign(checkpoint, note, filed, now)
                latest = checkpoint
                signed.append(checkpoint)
            }
        }
        return signed
    }

    /// The log's key that signed a checkpoint; the first one if none did, so that it is refused.
    private func signer(of note: SignedNote) throws -> VerifierKey {
        guard let first = logs.first else { throw NotaryError(.notFound, "no key of the log is given") }
        return logs.first { (try? note.verify(with: [$0])) != nil } ?? first
    }

    /// Whether a checkpoint is larger than the latest. One of the same size must be the same checkpoint.
    private func isNew(_ note: SignedNote, after latest: Checkpoint?, _ name: String) throws -> Bool {
        let checkpoint = try NotaryError.checking("the checkpoint file \(name) is invalid") { try Checkpoint(note) }
        guard let latest, checkpoint.size <= latest.size else { return true }
        guard checkpoint.size < latest.size || checkpoint.root == latest.root else {
            throw NotaryError(
                .inconsistent,
                "the checkpoint file \(name) has a different root for size \(checkpoint.size) than the checkpoint that "
                    + "this witness signed: the log was rewritten"
            )
        }
        return false
    }

    private func sign(
        _ checkpoint: Checkpoint,
        _ note: SignedNote,
        _ filed: CheckpointDirectory.Filed,
        _ now: Date
    ) throws {
        let cosigned = try NotaryError.checking("the checkpoint file \(filed.name) cannot be cosigned") {
            try note.adding(key.cosign(checkpoint, timestamp: Int(now.timeIntervalSince1970)))
        }
        // The state first: if it were lost after the signature is published, a rewritten history could be signed too.
        try writeState(checkpoint)
        try directory.replace(filed, with: cosigned.dataText)
    }

    // MARK: - State file

    private func readState() throws -> Checkpoint? {
        guard FileManager.default.fileExists(atPath: stateFile) else { return nil }
        guard let data = FileManager.default.contents(atPath: stateFile),
            let text = String(validating: data, as: UTF8.self)
        else {
            throw NotaryError(.file, "the witness's state file cannot be read")
        }
        return try NotaryError.checking("the witness's state file is invalid") { try Checkpoint(text: text) }
    }

    private func writeState(_ checkpoint: Checkpoint) throws {
        do {
            try AtomicFile.write(Data(checkpoint.text.utf8), to: stateFile, replacing: true)
        } catch {
            throw NotaryError(.file, "the witness's state file cannot be written: \(error)", cause: error)
        }
    }
}
