import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

extension HTTPClientResponse {
    /// The body, if it fits and comes in time.
    ///
    /// AsyncHTTPClient's deadline ends with the head of the answer, and its read timeout begins anew with every byte,
    /// so a server that trickles would otherwise hold a call for ever.
    func wholeBody(upTo cap: Int, until deadline: NIODeadline) async throws -> Data {
        // The parser guarantees that there is nothing to wait for.
        if status == .noContent { return Data() }
        let body = self.body
        return try await withThrowingTaskGroup(of: Data.self) { group in
            group.addTask {
                let buffer = try await body.collect(upTo: cap)
                return Data(buffer.readableBytesView)
            }
            group.addTask {
                try await Task.sleep(for: .nanoseconds(max(0, (deadline - .now()).nanoseconds)))
                throw HTTPClientError.deadlineExceeded
            }
            defer { group.cancelAll() }
            guard let data = try await group.next() else { throw CancellationError() }
            return data
        }
    }
}
