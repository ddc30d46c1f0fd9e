import EvidenceLog
import Notary
import Postgres
import Store
import Synchronization

/// What became of the signing of a head.
public enum Signing: Sendable, Hashable {
    /// No key is configured.
    case unconfigured
    /// The head of all leaves so far is signed.
    case signed(size: Int)
    /// It is not, for that reason; the leaves wait for the next head.
    case failed(String)
}

/// Signs heads of the evidence log for a run: now and then while it goes on, and at its end.
///
/// What goes wrong here stops the signing and nothing else: the queue goes on, and leaves wait for the next head.
final class HeadSigner: Sendable {
    private let database: PostgresConfiguration
    private let signing: EvidenceSigning
    private let every: Int
    private let signedAt = Mutex(0)
    private let underway = Mutex<Task<Signing, Never>?>(nil)

    init(database: PostgresConfiguration, signing: EvidenceSigning, every: Int) {
        self.database = database
        self.signing = signing
        self.every = every
    }

    /// Counts results, and signs a head beside the run when enough have come.
    func note(ended: Int) {
        let isDue = signedAt.withLock { last in
            guard ended - last >= every else { return false }
            last = ended
            return true
        }
        guard isDue else { return }
        underway.withLock { task in
            let before = task
            task = Task {
                _ = await before?.value
                return await self.signNow()
            }
        }
    }

    /// Signs the head of everything, once what is under way is done.
    func sign() async -> Signing {
        _ = await underway.withLock { $0 }?.value
        return await signNow()
    }

    private func signNow() async -> Signing {
        switch signing {
        case .unconfigured:
            return .unconfigured
        case .keyUnusable(let sentence):
            return .failed(sentence)
        case .signing(let key, let directory):
            do {
                let store = try await Store.connect(database)
                let result: Result<Checkpoint?, any Error>
                do {
                    result = .success(try await Notary(store: store, key: key, directory: directory).sign())
                } catch {
                    result = .failure(error)
                }
                await store.close()
                return try .signed(size: result.get()?.size ?? 0)
            } catch let error as NotaryError {
                return .failed(error.description)
            } catch let error as StoreError {
                return .failed(error.description)
            } catch let error as EvidenceLogError {
                return .failed(error.description)
            } catch {
                return .failed("the evidence could not be signed")
            }
        }
    }
}
