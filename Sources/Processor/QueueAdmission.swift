import Foundation
public import Store
import SubjectRequests

/// Admits new rows in batches: checks each, counts its deadline, and evaluates its gates.
public struct QueueAdmission: Sendable {
    private let store: ReconnectingStore
    private let author: Author
    private let run: Int64?
    private let only: Int64?
    private let admission: Admission
    private let subjectKey: SubjectKey?
    private let earlierKeys: [SubjectKey]

    private let batch = 512

    /// What came of it.
    struct Counts {
        /// Rows that became ready.
        var ready = 0
        /// Rows that can never be processed.
        var refused = 0
        /// New rows that another run is admitting at this moment.
        var elsewhere = 0
    }

    init(_ context: RunContext) {
        self.init(context.store, .run(context.run), only: context.scope.request, context.settings)
    }

    private init(_ store: ReconnectingStore, _ author: Author, only: Int64?, _ settings: ProcessorSettings) {
        self.store = store
        self.author = author
        self.run = if case .run(let run) = author { run } else { nil }
        self.only = only
        self.admission = settings.admission
        self.subjectKey = settings.subjectKey
        self.earlierKeys = settings.earlierSubjectKeys
    }

    /// Admits one request for an operator who is about to decide on it. Does nothing where it is admitted already.
    ///
    /// - Throws: ``StoreError``.
    public static func admit(_ request: Int64, in store: Store, settings: ProcessorSettings) async throws {
        let store = ReconnectingStore(store, patience: .zero, shutdown: Shutdown())
        _ = try await QueueAdmission(store, .operator(settings.operator), only: request, settings).admit()
    }

    /// Applies the present settings to rows that were admitted before: what they need, and the key of their digests.
    func review() async throws {
        try await store.retrying { store in try await store.tighten(admission.gates) }
        if let subjectKey {
            try await digest(with: subjectKey) {
                try await $0.requestsToDigest(key: $1, after: $2, limit: batch)
            } store: {
                try await $0.setDigests($1, key: $2, run: run)
            }
        }
        try await compareWithHolds()
    }

    /// Makes erasures comparable with the holds that are in force under earlier keys.
    private func compareWithHolds() async throws {
        guard !earlierKeys.isEmpty else { return }
        let keys = try await store.retrying { store in try await store.keysOfHolds() }
        for key in earlierKeys where keys.contains(key.id) {
            try await digest(with: key) {
                try await $0.erasuresToCompare(key: $1, after: $2, limit: batch)
            } store: {
                try await $0.setEarlierDigests($1, key: $2)
            }
        }
    }

    /// Makes digests with a key, page by page.
    private func digest(
        with key: SubjectKey,
        _ read: @Sendable (Store, Data, Int64) async throws -> [RequestToDigest],
        store write: @Sendable (Store, [(id: Int64, digest: Data)], Data) async throws -> Void
    ) async throws {
        var last: Int64 = 0
        while true {
            let page = try await store.retrying { [last] store in try await read(store, key.id, last) }
            guard let end = page.last else { return }
            last = end.id
            let digests = page.compactMap { row in
                (try? SubjectID(row.integrationID)).map { (id: row.id, digest: key.digest(of: $0)) }
            }
            try await store.retrying { store in try await write(store, digests, key.id) }
        }
    }

    /// Admits what is new.
    func admit() async throws -> Counts {
        var counts = Counts()
        var last: Int64 = 0
        while true {
            let new = try await store.retrying { [last] store in
                try await store.newRequests(after: last, only: only, limit: batch)
            }
            guard let end = new.last else { break }
            last = end.id
            let admitted = try await admit(new.map(checked))
            counts.ready += admitted.ready
            counts.refused += admitted.refused
            counts.elsewhere += new.count - admitted.ready - admitted.waiting - admitted.refused
        }
        if last > 0 { try await compareWithHolds() }
        return counts
    }

    private func checked(_ request: NewRequest) -> AdmittedRequest {
        let verdict = admission.verdict(on: request)
        guard case .admitted(let subject, _, _) = verdict else {
            return AdmittedRequest(verdict, on: request, salt: Self.salt())
        }
        return AdmittedRequest(
            verdict,
            on: request,
            salt: Self.salt(),
            digest: subjectKey?.digest(of: subject),
            replayDigest: key(request.replayKeyID)?.digest(of: subject)
        )
    }

    /// The subject key with that id, if it is among the configured ones.
    private func key(_ id: Data?) -> SubjectKey? {
        guard let id else { return nil }
        return ((subjectKey.map { [$0] } ?? []) + earlierKeys).first { $0.id == id }
    }

    private func admit(_ batch: [AdmittedRequest]) async throws -> AdmissionCounts {
        try await store.retrying { store, isRepeated in
            var counts = try await store.admit(batch, keyID: subjectKey?.id, by: author)
            // What an earlier try has refused is not refused again, and counts all the same.
            if isRepeated, case .run(let run) = author {
                counts.refused = try await store.refused(among: batch, by: run)
            }
            return counts
        }
    }

    /// 32 random bytes.
    private static func salt() -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<4).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } })
    }
}
