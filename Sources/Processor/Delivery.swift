import Store
import SubjectRequests

/// Writes undelivered documents to the report directory, several at once, and marks them as delivered. In a run it works
/// beside the requests.
struct Delivery: Sendable {
    let store: ReconnectingStore
    let directory: ReportDirectory
    let author: Author
    /// The only request whose documents are delivered; `nil` for all.
    var request: Int64?

    /// Documents of one page, which are marked in one commit, and their bytes in memory. One document may have 64 MiB.
    private static let pageCount = 64
    private static let pageBytes: Int64 = 32 << 20
    /// Files that are written at once. Each waits for the disk most of its time.
    private static let writers = 8

    /// Delivers each time it is woken, until the stream ends, and then once more. A failure ends the deliveries until
    /// then: a full disk is tried once more at the end and not after each document.
    ///
    /// - Throws: ``StoreError``.
    func deliver(each wakeUps: AsyncStream<Void>) async throws -> ReportDirectory.Delivered {
        var delivered = ReportDirectory.Delivered()
        for await _ in wakeUps where delivered.failure == nil { try await deliver(&delivered) }
        delivered.failure = nil
        try await deliver(&delivered)
        return delivered
    }

    /// Delivers everything that is undelivered.
    ///
    /// - Throws: ``StoreError``.
    func deliverAll() async throws -> ReportDirectory.Delivered {
        var delivered = ReportDirectory.Delivered()
        try await deliver(&delivered)
        return delivered
    }

    private func deliver(_ delivered: inout ReportDirectory.Delivered) async throws {
        if let failure = directory.prepare() {
            delivered.failure = failure
            return
        }
        var last: Int64 = 0
        while delivered.failure == nil {
            let page = try await store.retrying { [last] store in
                try await store.undelivered(
                    after: last,
                    request: request,
                    count: Self.pageCount,
                    bytes: Self.pageBytes
                )
            }
            guard let end = page.last else { return }
            last = end.id
            let (written, failure) = await write(page)
            if !written.isEmpty {
                try await store.retrying { store in try await store.markDelivered(written, by: author) }
            }
            delivered.count += written.count
            delivered.failure = failure.map { "the report directory: \($0)" }
        }
    }

    /// - Returns: The documents that were written, and why another one was not.
    private func write(_ page: [UndeliveredDocument]) async -> ([Int64], failure: String?) {
        var written: [Int64] = []
        var failure: String?
        await withTaskGroup(of: (Int64, failure: String?).self) { group in
            var rest = page[...]
            for document in rest.prefix(Self.writers) { group.addTask { await write(document) } }
            rest = rest.dropFirst(Self.writers)
            for await done in group {
                if let failed = done.failure { failure = failed } else { written.append(done.0) }
                if failure == nil, let next = rest.popFirst() { group.addTask { await write(next) } }
            }
        }
        return (written.sorted(), failure)
    }

    private func write(_ document: UndeliveredDocument) async -> (Int64, failure: String?) {
        do {
            try await directory.write(document)
            return (document.id, nil)
        } catch {
            return (document.id, "\(error)")
        }
    }
}
