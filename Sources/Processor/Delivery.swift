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
    func deliver(each wakeUps: AsyncStream<Void>) async throws -> ReportDirectory.Delivered {
        var delivered = ReportDirectory.Delivered()
        for await _ in wakeUps where delivered.failure == nil { try await deliver(&delivered) }
        delivered.obstacle = nil
        delivered.conflicts = []
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
        if let problem = directory.prepare() {
            delivered.obstacle = problem
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
            let result = await write(page)
            if !result.written.isEmpty {
                try await store.retrying { store in
                    try await store.markDelivered(result.written.sorted(), keepDays: keepDays, by: author)
                }
            }
            delivered.count += result.written.count
            delivered.conflicts += result.conflicts.sorted()
            delivered.obstacle = result.failure.map { "the report directory: \($0)" }
        }
    }

    /// What became of a page: the documents that are files, the names that are taken, and why it stopped.
    private struct Page {
        var written: [Int64] = []
        var conflicts: [String] = []
        var failure: String?
    }

    private enum Written {
        case done(Int64)
        case conflict(String)
        case failed(String)
    }

    private func write(_ documents: [UndeliveredDocument]) async -> Page {
        var page = Page()
        await withTaskGroup(of: Written.self) { group in
            var rest = documents[...]
            for document in rest.prefix(Self.writers) { group.addTask { await write(document) } }
            rest = rest.dropFirst(Self.writers)
            for await written in group {
                switch written {
                case .done(let id): page.written.append(id)
                case .conflict(let name): page.conflicts.append(name)
                case .failed(let why): page.failure = why
                }
                if page.failure == nil, let next = rest.popFirst() { group.addTask { await write(next) } }
            }
        }
        return page
    }

    private func write(_ document: UndeliveredDocument) async -> Written {
        do {
            return try await directory.write(document) ? .done(document.id) : .conflict(document.fileName)
        } catch {
            return .failed("\(error)")
        }
    }
}
