import NIOCore
import NIOHTTP1

/// Refuses an answer whose status the HTTP client cannot process, before the client sees it.
///
/// AsyncHTTPClient 1.37.0 takes every status under 200 for an interim one (`HTTPRequestStateMachine`,
/// `receivedHTTPResponseHead`), and ends the process when the body or the end of such an answer follows. NIO's decoder passes
/// on any three digits. The handler stands between the two, on each connection.
final class StatusGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    /// Why an answer was refused.
    enum Refusal: Error, CustomStringConvertible {
        /// The status is under 100, or 101: no protocol was asked for.
        case invalidStatus
        /// Interim answers came, and no end of them.
        case tooManyInterim

        var description: String {
            switch self {
            case .invalidStatus: "the answer has an invalid HTTP status"
            case .tooManyInterim: "more than \(StatusGuard.mostInterim) interim answers came before the answer"
            }
        }
    }

    /// Interim answers to one request. Servers send one or two.
    static let mostInterim = 100

    private var interim = 0
    private var isRefused = false

    /// Adds a guard to a new connection, right behind the decoder. The public hook for it is meant for debugging, and is
    /// the only one that is called for every connection before its first request.
    @Sendable static func install(on channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(StatusGuard(), position: .after(decoder))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Closing takes a moment, and the rest of the answer has come already.
        guard !isRefused else { return }
        if case .head(let head) = unwrapInboundIn(data), let refusal = refusal(of: Int(head.status.code)) {
            isRefused = true
            context.fireErrorCaught(refusal)
            return context.close(promise: nil)
        }
        context.fireChannelRead(data)
    }

    private func refusal(of status: Int) -> Refusal? {
        switch status {
        case 200...:
            interim = 0
            return nil
        case 100, 102...199:
            interim += 1
            return interim > Self.mostInterim ? .tooManyInterim : nil
        default: return .invalidStatus
        }
    }
}
