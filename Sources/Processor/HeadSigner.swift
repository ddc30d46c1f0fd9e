import Notary
import Postgres
import Store
import Synchronization

/// Signs heads of the evidence log for a run: now and then while it goes on, and at its end.
///
/// What goes wrong here stops the signing and nothing else: the queue goes on, and leaves wait for the next head.
final class HeadSigner: Sendable {
    private let database: PostgresConfiguration
    private let signing: EvidenceSigning
    private let every: Int
    private let signedAt = Mutex(0)
    private let underway = Mutex<Task<String?, Never>?>(nil)

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
    ///
    /// - Returns: Why that failed, where it did.
    func sign() async -> String? {
        _ = await underway.withLock { $0 }?.value
        return await signNow()
    }

    private func signNow() async -> String? {
        switch signing {
        case .unconfigured:
            return nil
        case .keyUnusable(let sentence):
            return sentence
        case .signing(let key, let directory):
            do {
                let store = try await Store.connect(database)
                let result: Result<Void, NotaryError>
                do throws(NotaryError) {
                    _ = try await Notary(store: store, key: key, directory: directory).sign()
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                await store.close()
                try result.get()
                return nil
            } catch let error as NotaryError {
                return error.description
            } catch let error as StoreError {
                return error.description
            } catch {
                return "the evidence could not be signed"
            }
        }
    }
}
