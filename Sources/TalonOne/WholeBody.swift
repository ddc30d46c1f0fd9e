import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

extension HTTPClientResponse {
    /// The body, if it fits and comes in time.
    ///
    /// AsyncHTTPClient's deadline ends with the head of the answer, and its read timeout begins anew with every byte,
    /// so a server that trickles would otherwise hold a call for ever.
    ///
    /// The timer is the event loop's, because that one is gone once it is cancelled; a cancelled `Task.sleep` stays in
    /// memory until it would have ended.
    func wholeBody(upTo cap: Int, until deadline: NIODeadline, on loop: any EventLoop) async throws -> Data {
        // The parser guarantees that there is nothing to wait for.
        if status == .noContent { return Data() }
        let body = self.body
        let collecting = Task {
            let buffer = try await body.collect(upTo: cap)
            return Data(buffer.readableBytesView)
        }
        let timer = loop.scheduleTask(deadline: deadline) { collecting.cancel() }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await collecting.value
            } onCancel: {
                collecting.cancel()
            }
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw NIODeadline.now() >= deadline ? HTTPClientError.deadlineExceeded : error
        }
    }
}
