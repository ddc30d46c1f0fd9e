import Foundation
import Store
import SubjectRequests

/// Admits what is new, in batches, and frees what waited for an answered request.
struct Intake {
    let store: Store
    let run: Int64
    let scope: Scope
    let zone: TimeZone
    let subjectKey: SubjectKey?

    private let batch = 512

    init(store: Store, run: Int64, scope: Scope, zone: TimeZone, subjectKey: SubjectKey?) {
        self.store = store
        self.run = run
        self.scope = scope
        self.zone = zone
        self.subjectKey = subjectKey
    }

    /// What came of it.
    struct Outcome {
        /// Rows that became ready.
        var ready = 0
        /// Rows that are new and being admitted by another run at this moment.
        var elsewhere = 0
    }

    func admit(_ tally: inout RunTally) async throws(StoreError) -> Outcome {
        let admission = Admission(zone: zone)
        var outcome = Outcome()
        var last: Int64 = 0
        while true {
            let new = try await store.newRequests(after: last, only: scope.onlyRequest, limit: batch)
            guard let end = new.last else { break }
            last = end.id
            let verdicts = new.map { request in
                Store.Admitted(
                    admission.verdict(on: request),
                    on: request,
                    salt: Self.salt(),
                    digest: digest(of: request)
                )
            }
            let counts = try await store.admit(verdicts, run: run)
            tally.addRefused(counts.refused)
            outcome.ready += counts.ready
            outcome.elsewhere += new.count - counts.ready - counts.waiting - counts.refused
        }
        outcome.ready += try await store.releaseWaiting(run: run)
        return outcome
    }

    private func digest(of request: NewRequest) -> Data? {
        guard let subject = try? SubjectID(request.integrationID) else { return nil }
        return subjectKey?.digest(of: subject)
    }

    private static func salt() -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<4).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } })
    }
}
