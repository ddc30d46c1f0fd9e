import AtomicFiles
import Foundation
import Glibc
public import Store

/// Where documents become files.
public struct ReportDirectory: Sendable {
    let path: String

    /// A directory, whether or not it is there yet; its parent must be.
    public init(path: String) {
        self.path = path
    }

    /// What a delivery came to.
    public struct Delivered: Sendable {
        /// Documents that are files now.
        public fileprivate(set) var count = 0
        /// Why it stopped early; what is left stays in the database, to be delivered later.
        public fileprivate(set) var failure: String?

        init() {}
    }

    /// Writes every undelivered document and marks it delivered, for somebody who does not wait for a run.
    public func deliver(from store: Store, by author: Author) async throws(StoreError) -> Delivered {
        try await deliver(from: DatabaseLink(store: store, patience: .zero, stop: RunStop()), by: author)
    }

    /// Writes every undelivered document, one at a time, and marks it delivered. A crash in between writes the
    /// same bytes again.
    ///
    /// - Parameter request: Only the documents of that request.
    func deliver(from link: DatabaseLink, by author: Author, request: Int64? = nil) async throws(StoreError)
        -> Delivered
    {
        var delivered = Delivered()
        if let failure = prepare() {
            delivered.failure = failure
            return delivered
        }
        var written: [Int64] = []
        var last: Int64 = 0
        while true {
            let next = try await link.attempt { [last] store throws(StoreError) in
                try await store.nextUndelivered(after: last, request: request)
            }
            guard let document = next else { break }
            last = document.id
            do throws(AtomicFile.Failure) {
                try AtomicFile.write(
                    document.content,
                    to: (path as NSString).appendingPathComponent(document.fileName),
                    replacing: true
                )
            } catch {
                delivered.failure = "the report directory: \(error)"
                break
            }
            written.append(document.id)
            if written.count == 64 {
                try await mark(written, link, author)
                delivered.count += written.count
                written = []
            }
        }
        if !written.isEmpty {
            try await mark(written, link, author)
            delivered.count += written.count
        }
        return delivered
    }

    private func mark(_ ids: [Int64], _ link: DatabaseLink, _ author: Author) async throws(StoreError) {
        try await link.attempt { store throws(StoreError) in try await store.markDelivered(ids, by: author) }
    }

    /// Makes the directory, for its owner only, where its parent is there.
    ///
    /// - Returns: What stands in the way of writing to it, if anything does.
    func prepare() -> String? {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            return "the report directory cannot be made: \(String(cString: strerror(errno)))"
        }
        guard access(path, W_OK | X_OK) == 0 else {
            return "the report directory cannot be written to: \(String(cString: strerror(errno)))"
        }
        return nil
    }
}
