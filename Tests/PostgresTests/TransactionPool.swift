import Foundation
import Glibc
import Synchronization

/// A pool in transaction mode, as PgBouncer is one: every client is told a process ID that no server has, and gets one
/// of the servers' sessions for each transaction. It passes on the simple query protocol alone.
/// https://www.postgresql.org/docs/15/protocol-message-formats.html
final class TransactionPool: Sendable {
    let port: UInt16
    private let listener: Listener
    private let socketPath: String
    private let state = Mutex((free: [Int32](), queries: [String]()))

    /// The SQL that clients have sent.
    var queries: [String] { state.withLock { $0.queries } }

    init?(before connectionString: String) {
        socketPath = String(connectionString.split(separator: " ")[0].dropFirst(5)) + "/.s.PGSQL.5432"
        guard let listener = Listener() else { return nil }
        self.listener = listener
        port = listener.port
        Thread.detachNewThread { [descriptor = listener.descriptor] in
            while case let client = accept(descriptor, nil, nil), client >= 0 {
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    deinit {
        shutdown(listener.descriptor, Int32(SHUT_RDWR))
    }

    private func serve(_ client: Int32) {
        defer { close(client) }
        guard let length = Self.read(4, client).map(Self.number), Self.read(length - 4, client) != nil else { return }
        Self.write(Self.message("R", [0, 0, 0, 0]), client)
        for text in ["server_version\u{0}15.0\u{0}", "client_encoding\u{0}UTF8\u{0}"] {
            Self.write(Self.message("S", Array(text.utf8)), client)
        }
        Self.write(Self.message("K", [0, 0, 0, 1, 0, 0, 0, 1]) + Self.message("Z", Array("I".utf8)), client)
        var server: Int32?
        while let query = Self.receive(client), query.type == UInt8(ascii: "Q") {
            state.withLock { $0.queries.append(String(decoding: query.body.dropLast(), as: UTF8.self)) }
            guard let session = server ?? state.withLock({ $0.free.popLast() }) ?? connect() else { return }
            server = session
            Self.write(Self.message("Q", query.body), session)
            while let answer = Self.receive(session) {
                let isLast = answer.type == UInt8(ascii: "Z")
                if isLast, answer.body == Array("I".utf8) {
                    state.withLock { $0.free.append(session) }
                    server = nil
                }
                Self.write(Self.message(UnicodeScalar(answer.type), answer.body), client)
                if isLast { break }
            }
        }
        // The transaction of a client that hung up is rolled back with its session.
        if let server { close(server) }
    }

    /// A session of the server, logged in.
    private func connect() -> Int32? {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else { return nil }
        let body = [0, 3, 0, 0] + Array("user\u{0}postgres\u{0}database\u{0}postgres\u{0}\u{0}".utf8)
        Self.write(Self.bytes(body.count + 4) + body, server)
        while let answer = Self.receive(server) {
            if answer.type == UInt8(ascii: "Z") { return server }
        }
        return nil
    }
}

// MARK: - Messages

extension TransactionPool {
    private static func message(_ type: UnicodeScalar, _ body: [UInt8]) -> [UInt8] {
        [UInt8(ascii: type)] + bytes(body.count + 4) + body
    }

    private static func bytes(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    private static func number(_ bytes: [UInt8]) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    private static func receive(_ descriptor: Int32) -> (type: UInt8, body: [UInt8])? {
        guard let type = read(1, descriptor), let length = read(4, descriptor).map(number),
            let body = read(length - 4, descriptor)
        else { return nil }
        return (type[0], body)
    }

    private static func read(_ count: Int, _ descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            let got = Glibc.read(descriptor, &part, part.count)
            guard got > 0 else { return nil }
            bytes += part.prefix(got)
        }
        return bytes
    }

    private static func write(_ bytes: [UInt8], _ descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }
}
