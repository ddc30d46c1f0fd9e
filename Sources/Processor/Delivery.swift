import AtomicFiles
import Store
import SubjectRequests

/// Writes undelivered documents to the report directory, several at once, and marks them as delivered. In a run it works
/// beside the requests.
struct Delivery: Sendable {
    let store: ReconnectingStore
    let directory: ReportDirectory
    let author: Author
    /// The days for which a delivered document stays in the database.
    let keepDays: Int
    /// The only request whose documents are delivered; `nil` for all.
    var request: Int64?

    /// Documents of one page, which are marked in one commit, and their bytes in memory. One document may have 64 MiB.
    private static let pageCount = 64
    private static let pageBytes: Int64 = 32 << 20
    /// Files that are written at once. Each waits for the disk most of its time.
    private static let writers = 8

    /// Delivers each time it is woken, until the stream ends, and then once more. A failure ends the deliveries until
    /// then: a full disk is tried once more at the end and not after each document. So are names that are taken.
    ///
    /// - Throws: ``StoreError``.
    func deliver(each wakeUps: AsyncStream<Void>) async throws -> DeliveryResult {
        var delivered = DeliveryResult()
        for await _ in wakeUps where delivered.failure == nil { try await deliver(&delivered) }
        delivered.tryAgain()
        try await deliver(&delivered)
        return delivered
    }

    /// Delivers everything that is undelivered.
    ///
    /// - Throws: ``StoreError``.
    func deliverAll() async throws -> DeliveryResult {
        var delivered = DeliveryResult()
        try await deliver(&delivered)
        return delivered
    }

    private func deliver(_ delivered: inout DeliveryResult) async throws {
        let open: OpenReportDirectory
        do {
            open = try directory.open()
        } catch {
            delivered.obstacle = error.description
            return
        }
        var last: Int64 = 0
        while delivered.obstacle == nil {
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
            let results = await write(page, to: open)
            let written = results.filter(\.isDone).map(\.id)
            if !written.isEmpty {
                try await store.retrying { store in
                    try await store.markDelivered(written, keepDays: keepDays, by: author)
                }
            }
            delivered.add(results)
        }
    }

    /// Writes a page, and returns what became of each document, in order of numbers.
    private func write(_ page: [StoredDocument], to open: OpenReportDirectory) async -> [DeliveryResult.Document] {
        await withTaskGroup(of: DeliveryResult.Document.self) { group in
            func add(_ document: StoredDocument) {
                group.addTask {
                    DeliveryResult.Document(
                        id: document.id,
                        name: document.fileName,
                        written: await open.write(document)
                    )
                }
            }
            var rest = page[...]
            for document in rest.prefix(Self.writers) { add(document) }
            rest = rest.dropFirst(Self.writers)
            var results: [DeliveryResult.Document] = []
            for await result in group {
                results.append(result)
                if let next = rest.popFirst() { add(next) }
            }
            return results.sorted { $0.id < $1.id }
        }
    }
}
