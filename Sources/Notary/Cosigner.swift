import AtomicFiles
public import EvidenceLog
public import Foundation

/// A witness on another host: with nothing but the checkpoint files it adds its signature to each head that continues
/// the last one it saw, so that the log's operator alone cannot rewrite what was signed.
public struct Cosigner: Sendable {
    let key: CosigningKey
    let log: VerifierKey
    let directory: CheckpointDirectory
    let memory: String

    /// - Parameters:
    ///   - key: The witness's own key, which the log's operator does not have.
    ///   - log: The log's key.
    ///   - memory: The file in which the witness keeps the last head it signed; its own, and not the operator's.
    public init(key: CosigningKey, log: VerifierKey, directory: CheckpointDirectory, memory: String) {
        self.key = key
        self.log = log
        self.directory = directory
        self.memory = memory
    }

    /// Signs the heads that follow the last one it signed, in their order.
    ///
    /// - Parameter now: The time that the signatures state.
    /// - Returns: The heads signed now.
    /// - Throws: ``NotaryError`` `.inconsistent`, with the file's name, at the first head that it must not sign.
    public func cosign(now: Date) throws(NotaryError) -> [Checkpoint] {
        var latest = try remembered()
        var signed: [Checkpoint] = []
        for name in try directory.names() {
            let filed = try directory.read(name)
            let note = try opened(filed.note, name)
            guard let new = try due(note, after: latest, name) else { continue }
            switch try state(latest).decide(note, oldSize: filed.oldSize, hashes: filed.consistency) {
            case .refuse(let refusal):
                throw NotaryError(.inconsistent, "the checkpoint file \(name) is not signed: \(refusal)")
            case .sign(let checkpoint):
                try sign(checkpoint, note, filed, now)
                latest = new
                signed.append(checkpoint)
            }
        }
        return signed
    }

    /// A head that the witness has not seen yet. One that it has seen must be the one that it saw.
    private func due(_ note: SignedNote, after latest: Checkpoint?, _ name: String) throws(NotaryError) -> Checkpoint? {
        let head: Checkpoint
        do {
            head = try Checkpoint(note)
        } catch {
            throw NotaryError(error, while: "the checkpoint file \(name)")
        }
        guard let latest, head.size <= latest.size else { return head }
        guard head.size < latest.size || head.root == latest.root else {
            throw NotaryError(
                .inconsistent,
                "the checkpoint file \(name) is another head of size \(head.size) than the one signed before"
            )
        }
        return nil
    }

    private func sign(
        _ checkpoint: Checkpoint,
        _ note: SignedNote,
        _ filed: CheckpointDirectory.Filed,
        _ now: Date
    ) throws(NotaryError) {
        do {
            let signature = try key.cosign(checkpoint, timestamp: Int(now.timeIntervalSince1970))
            // Remembered first: a witness that forgets what it signed could be shown another history.
            try remember(checkpoint)
            try directory.replace(filed, with: try note.adding(signature).dataText)
        } catch let error as EvidenceLogError {
            throw NotaryError(.key, "the head cannot be signed: \(error)")
        } catch let error as NotaryError {
            throw error
        } catch {
            throw NotaryError(.file, "the checkpoint file \(filed.name) cannot be written")
        }
    }

    private func opened(_ note: String, _ name: String) throws(NotaryError) -> SignedNote {
        do {
            return try SignedNote(text: note)
        } catch {
            throw NotaryError(error, while: "the checkpoint file \(name)")
        }
    }

    private func state(_ latest: Checkpoint?) throws(NotaryError) -> WitnessState {
        do {
            return try WitnessState(log: log, latest: latest)
        } catch {
            throw NotaryError(error, while: "the witness's memory")
        }
    }

    // MARK: - Memory

    private func remembered() throws(NotaryError) -> Checkpoint? {
        guard FileManager.default.fileExists(atPath: memory) else { return nil }
        guard let data = FileManager.default.contents(atPath: memory),
            let text = String(validating: data, as: UTF8.self)
        else {
            throw NotaryError(.file, "the witness's memory cannot be read")
        }
        do {
            return try Checkpoint(text: text)
        } catch {
            throw NotaryError(error, while: "the witness's memory")
        }
    }

    private func remember(_ checkpoint: Checkpoint) throws(NotaryError) {
        do throws(AtomicFile.Failure) {
            try AtomicFile.write(Data(checkpoint.text.utf8), to: memory, replacing: true)
        } catch {
            throw NotaryError(.file, "the witness's memory cannot be written: \(error)")
        }
    }
}
