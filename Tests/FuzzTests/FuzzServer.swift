import Foundation
import InventorySample
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP server on a loopback port that answers with bytes drawn from a seed. The answer to a request depends on the
/// request and on how often it came, and on nothing else.
final class FuzzServer: Sendable {
    private let channel: any Channel

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    private init(_ channel: any Channel) { self.channel = channel }

    static func start(_ fuzz: Fuzz) async throws -> FuzzServer {
        let counts = Counts()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answers(fuzz, counts))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FuzzServer(channel)
    }

    func stop() async throws { try await channel.close() }

    final class Counts: Sendable {
        private let lines = Mutex<[String: Int]>([:])

        func next(of line: String) -> Int {
            lines.withLock { lines in
                lines[line, default: 0] += 1
                return lines[line, default: 0]
            }
        }
    }
}

private final class Answers: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let fuzz: Fuzz
    private let counts: FuzzServer.Counts

    init(_ fuzz: Fuzz, _ counts: FuzzServer.Counts) {
        self.fuzz = fuzz
        self.counts = counts
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let request = String(buffer: unwrapInboundIn(data))
        guard request.hasPrefix("GET ") || request.hasPrefix("DELETE ") || request.hasPrefix("PUT ") else { return }
        let line = String(request.prefix { $0 != "\r\n" && $0 != "\r" })
        var chance = fuzz.chance(line, counts.next(of: line))
        let answer = Answer(to: line, &chance)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.bytes)), promise: nil)
        if answer.closes { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// An answer: what an API would say, changed in its status, its headers, its framing, its body, or not at all.
private struct Answer {
    let bytes: [UInt8]
    let closes: Bool

    init(to line: String, _ chance: inout Chance) {
        let isPreflight = line.contains("dsr-preflight")
        var body = Array(
            isPreflight ? Self.notFound.utf8 : chance.once(in: 3) ? Self.notFound.utf8 : Self.inventory(line).utf8
        )
        var status = isPreflight ? "404" : line.hasPrefix("GET") ? "200" : "204"
        if body.starts(with: Self.notFound.utf8) { status = "404" }
        if isPreflight, !chance.once(in: 8) {
            bytes = Self.http("404", [], body)
            closes = false
            return
        }
        if chance.once(in: 2) { body = chance.mutate(body, times: chance.number(1...6)) }
        if chance.once(in: 3) { status = chance.one(of: Self.statuses) }
        var headers: [String] = []
        for _ in 0..<chance.number(0...2) { headers.append(chance.one(of: Self.headers)) }
        var bytes = Self.http(status, headers, body, withLength: !chance.once(in: 8))
        if chance.once(in: 6) {
            bytes = Array(repeating: Self.interim, count: chance.number(1...200)).flatMap { $0.utf8 } + bytes
        }
        if chance.once(in: 8) { bytes += Self.http(chance.one(of: Self.statuses), [], body) }
        if chance.once(in: 5) { bytes = chance.mutate(bytes, times: chance.number(1...4)) }
        self.bytes = bytes
        closes = chance.once(in: 3)
    }

    private static func http(_ status: String, _ headers: [String], _ body: [UInt8], withLength: Bool = true) -> [UInt8]
    {
        let hasLength = withLength && !headers.contains { $0.lowercased().hasPrefix("transfer") }
        let lines =
            ["HTTP/1.1 \(status) \(Fuzz.canary)"] + headers + (hasLength ? ["Content-Length: \(body.count)"] : [])
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    private static let notFound = #"{"message":"Not found \#(Fuzz.canary)","StatusCode":404}"#

    /// The sample with the customer of the request in the place of its own.
    private static func inventory(_ line: String) -> String {
        let path = line.split(separator: " ").dropFirst().first ?? ""
        let segments = path.split(separator: "/")
        let id = segments.count > 2 ? segments[2].prefix { $0 != "?" } : "customer-42"
        return String(decoding: Sample.inventory, as: UTF8.self).replacing("customer-42", with: id)
            .replacing("not ours", with: Fuzz.canary)
    }

    private static let interim = "HTTP/1.1 100 Continue\r\n\r\n"

    private static let statuses = [
        "000", "001", "007", "042", "099", "100", "101", "102", "103", "150", "199", "200", "201", "202", "204", "205",
        "206", "226", "299",
        "300", "301", "302", "304", "307", "308", "399", "400", "401", "403", "404", "405", "408", "409", "410", "418",
        "422", "425", "429",
        "451", "499", "500", "501", "502", "503", "504", "505", "511", "599", "600", "700", "999", "1000", "20", "2 00",
        "-1", "abc", "",
    ]

    private static let headers = [
        "Content-Type: application/json", "Connection: close", "Connection: keep-alive", "Connection: upgrade",
        "Upgrade: h2c",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity",
        "Content-Length: 0",
        "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 5, 5", "Content-Encoding: gzip",
        "Content-Encoding: br", "Retry-After: 0", "Retry-After: -1", "Retry-After: 99999999999999999999",
        "Retry-After: \(Fuzz.canary)",
        "Retry-After: Fri, 31 Feb 2026 25:61:61 GMT", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT",
        "Location: http://127.0.0.1:1/\(Fuzz.canary)", "Set-Cookie: \(Fuzz.canary)", "Trailer: x", "\(Fuzz.canary): x",
        "X:", ": x",
        "X\u{0}: y", "X: " + String(repeating: "a", count: 9_000),
    ]
}
