import AtomicFiles
import Foundation
import Glibc
import Store

/// Where documents become files.
struct ReportDirectory: Sendable {
    let path: String

    /// What a delivery came to.
    struct Delivered: Sendable {
        var count = 0
        /// Why it stopped early; what is left stays in the database, to be delivered by a later run.
        var failure: String?
    }

    /// Writes every undelivered document, one at a time, and marks it delivered. A crash in between writes the
    /// same bytes again.
    ///
    /// - Parameter request: Only the documents of that request.
    func deliver(from store: Store, run: Int64, request: Int64? = nil) async throws(StoreError) -> Delivered {
        var delivered = Delivered()
        if let failure = prepare() {
            delivered.failure = failure
            return delivered
        }
        var written: [Int64] = []
        var last: Int64 = 0
        while let document = try await store.nextUndelivered(after: last, request: request) {
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
                try await store.markDelivered(written, run: run)
                delivered.count += written.count
                written = []
            }
        }
        if !written.isEmpty {
            try await store.markDelivered(written, run: run)
            delivered.count += written.count
        }
        return delivered
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
