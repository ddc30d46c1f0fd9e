import Foundation
import Store
import SubjectRequests

/// Admits what is new, in batches.
struct Intake {
    let link: DatabaseLink
    let run: Int64
    let scope: Scope
    let admission: Admission
    let subjectKey: SubjectKey?

    private let batch = 512

    init(link: DatabaseLink, run: Int64, scope: Scope, admission: Admission, subjectKey: SubjectKey?) {
        self.link = link
        self.run = run
        self.scope = scope
        self.admission = admission
        self.subjectKey = subjectKey
    }

    /// What came of it.
    struct Outcome {
        /// Rows that became ready.
        var ready = 0
        /// Rows that are new and being admitted by another run at this moment.
        var elsewhere = 0
    }

    /// Brings what was admitted before up to the present settings: what they ask of requests, and the key of the digests.
    func review() async throws(StoreError) {
        try await link.attempt { store throws(StoreError) in try await store.tighten(admission.gates) }
        guard let subjectKey else { return }
        var last: Int64 = 0
        while true {
            let page = try await link.attempt { [last] store throws(StoreError) in
                try await store.undigested(key: subjectKey.id, after: last, limit: batch)
            }
            guard let end = page.last else { return }
            last = end.id
            let digests = page.compactMap { row in
                (try? SubjectID(row.integrationID)).map { (id: row.id, digest: subjectKey.digest(of: $0)) }
            }
            try await link.attempt { store throws(StoreError) in
                try await store.setDigests(digests, key: subjectKey.id)
            }
        }
    }

    func admit(_ tally: inout RunTally) async throws(StoreError) -> Outcome {
        var outcome = Outcome()
        var last: Int64 = 0
        while true {
            let new = try await link.attempt { [last] store throws(StoreError) in
                try await store.newRequests(after: last, only: scope.onlyRequest, limit: batch)
            }
            guard let end = new.last else { return outcome }
            last = end.id
            let verdicts = new.map { request in
                Store.Admitted(
                    admission.verdict(on: request),
                    on: request,
                    salt: Self.salt(),
                    digest: digest(of: request)
                )
            }
            let counts = try await admit(verdicts)
            tally.addRefused(counts.refused)
            outcome.ready += counts.ready
            outcome.elsewhere += new.count - counts.ready - counts.waiting - counts.refused
        }
    }

    private func admit(_ verdicts: [Store.Admitted]) async throws(StoreError) -> Store.AdmissionCounts {
        try await link.attempt { store, isRepeated throws(StoreError) in
            var counts = try await store.admit(verdicts, keyID: subjectKey?.id, run: run)
            // Those that an earlier try has refused are not refused again, and count all the same.
            if isRepeated { counts.refused = try await store.refused(among: verdicts, by: run) }
            return counts
        }
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
