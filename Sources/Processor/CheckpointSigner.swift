public import EvidenceLog
public import Notary
import Postgres
import Store
import Synchronization

/// How a run signs the evidence log.
public enum EvidenceSigning: Sendable {
    /// No key is configured: entries wait to be signed.
    case unconfigured
    /// A key is configured and cannot be used, for that reason: entries wait, and an operator must act.
    case keyUnusable(String)
    /// Checkpoints are signed, and filed where a directory is configured.
    case signing(SigningKey, CheckpointDirectory?)
}

/// What signing came to.
public enum Signing: Sendable, Hashable {
    /// No key is configured.
    case unconfigured
    /// The checkpoint of all entries so far is signed.
    case signed(size: Int)
    /// It is not, for that reason; the entries wait for the next checkpoint.
    case failed(String)

    /// Why it is not signed; `nil` where it is, or no key is configured.
    public var failure: String? {
        guard case .failed(let sentence) = self else { return nil }
        return sentence
    }
}

/// Signs checkpoints of the evidence log for a run: now and then while it goes on, and at its end.
///
/// What goes wrong here stops the signing and nothing else.
struct CheckpointSigner: Sendable {
    let database: PostgresConfiguration
    let signing: EvidenceSigning

    /// Signs each time it is woken, until the stream ends, and then once more.
    func sign(each wakeUps: AsyncStream<Void>) async -> Signing {
        for await _ in wakeUps { _ = await sign() }
        return await sign()
    }

    private func sign() async -> Signing {
        switch signing {
        case .unconfigured:
            return .unconfigured
        case .keyUnusable(let sentence):
            return .failed(sentence)
        case .signing(let key, let directory):
            do {
                let checkpoint = try await Store.withConnection(database) { store in
                    try await Notary(store: store, key: key, directory: directory).sign()
                }
                return .signed(size: checkpoint?.size ?? 0)
            } catch {
                return .failed("\(error)")
            }
        }
    }
}
