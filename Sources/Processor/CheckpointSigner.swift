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
    /// It is signed, and could not be filed outside the database, for that reason.
    case notFiled(size: Int, String)
    /// It is not signed, for that reason; the entries wait for the next checkpoint.
    case failed(String)

    /// Why it is not signed, or its checkpoint not filed, as a sentence; `nil` where it is, or no key is configured.
    public var failure: String? {
        switch self {
        case .unconfigured, .signed: nil
        case .notFiled(_, let reason): "the evidence log was signed, and its checkpoint was not filed: \(reason)"
        case .failed(let reason):
            "the evidence log was not signed; its new entries wait for the next checkpoint: \(reason)"
        }
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
                let signed = try await Store.withConnection(database) { store in
                    try await Notary(store: store, key: key, directory: directory).sign()
                }
                let size = signed?.checkpoint.size ?? 0
                return signed?.filingFailure.map { .notFiled(size: size, "\($0)") } ?? .signed(size: size)
            } catch {
                return .failed("\(error)")
            }
        }
    }
}
