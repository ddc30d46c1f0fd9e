import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

extension HTTPClientResponse {
    /// Reads the whole body, within a size limit and a deadline.
    ///
    /// AsyncHTTPClient's deadline covers only the head of the answer, and its read timeout restarts with every byte, so
    /// a slow server could hold a call forever.
    ///
    /// The timer is the event loop's, because cancelling it frees it; a cancelled `Task.sleep` stays in memory until it
    /// would have ended.
    func wholeBody(upTo cap: Int, until deadline: NIODeadline, on loop: any EventLoop) async throws -> Data {
        // HTTP allows no body here.
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
