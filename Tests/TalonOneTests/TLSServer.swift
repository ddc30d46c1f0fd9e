import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An authority and certificates of its own, made by `openssl` in a temporary folder.
struct TestCertificates: Sendable {
    let folder: String

    var authority: String { folder + "/ca.pem" }

    /// - Parameter names: The host names of the server's certificate, as `subjectAltName` takes them.
    init(names: String = "DNS:localhost,IP:127.0.0.1") throws {
        folder = FileManager.default.temporaryDirectory.path + "/tls-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = """
            set -e
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Test authority' \
                -keyout ca.key -out ca.pem
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=Test server' -keyout key.pem -out csr
            printf 'subjectAltName=%s\\n' '\(names)' > names
            openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile names -out cert.pem
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
    }

    struct Failed: Error {}

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

/// A server on a loopback port that answers every request with `{}` or other bytes, with TLS or without, or as a proxy.
final class TLSServer: Sendable {
    private let channel: any Channel
    private let lines: Answerer.Lines

    var port: Int { channel.localAddress?.port ?? 0 }

    /// The first lines of what was received.
    var requestLines: [String] { lines.mutex.withLock { $0 } }

    private init(_ channel: any Channel, _ lines: Answerer.Lines) {
        self.channel = channel
        self.lines = lines
    }

    static func start(
        _ certificates: TestCertificates? = nil,
        maximum: TLSVersion = .tlsv13,
        answering answer: String = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    ) async throws -> TLSServer {
        let lines = Answerer.Lines()
        let context = try certificates.map { certificates in
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.folder + "/cert.pem")
                    .map { .certificate($0) },
                privateKey: .privateKey(
                    try NIOSSLPrivateKey(file: certificates.folder + "/key.pem", format: .pem)
                )
            )
            configuration.minimumTLSVersion = .tlsv1
            configuration.maximumTLSVersion = maximum
            return try NIOSSLContext(configuration: configuration)
        }
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Answerer(lines, answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TLSServer(channel, lines)
    }

    func stop() async throws {
        try await channel.close()
    }
}

/// Answers each request whose head has arrived. It takes anything for a request.
private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    final class Lines: Sendable {
        let mutex = Mutex<[String]>([])
    }

    private let lines: Lines
    private let answer: String

    init(_ lines: Lines, _ answer: String) {
        self.lines = lines
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        lines.mutex.withLock { $0.append(String(text.prefix { $0 != "\r\n" && $0 != "\r" })) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
