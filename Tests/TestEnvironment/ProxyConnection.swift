import NIOCore
import NIOPosix

/// One connection through the proxy.
struct ProxyConnection: Sendable {
    let control: ProxyControl
    let socket: String

    private typealias Wire = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Passes traffic on until either side hangs up or the connection is cut.
    ///
    /// - Parameter accepted: A connection of which nothing was read yet.
    func serve(_ accepted: any Channel) async {
        let server: Wire
        do {
            guard await !control.refuses() else { throw CancellationError() }
            server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(unixDomainSocketPath: socket) { channel in
                    channel.eventLoop.makeCompletedFuture { try Wire(wrappingChannelSynchronously: channel) }
                }
        } catch {
            try? await accepted.close()
            return
        }
        guard let client = try? await Self.wire(accepted) else {
            try? await server.executeThenClose { _, _ in }
            return
        }
        let (clientChannel, serverChannel) = (client.channel, server.channel)
        let cut: @Sendable () -> Void = {
            clientChannel.close(promise: nil)
            serverChannel.close(promise: nil)
        }
        let number = await control.add(cut)
        // The server learns of a killed client even while the connection is held.
        clientChannel.closeFuture.whenComplete { _ in cut() }
        let state = ProxyState()
        try? await client.executeThenClose { fromClient, toClient in
            try await server.executeThenClose { fromServer, toServer in
                await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        defer { cut() }
                        try await passRequests(fromClient, toServer, state, number, cut)
                    }
                    group.addTask {
                        defer { cut() }
                        try await passAnswers(fromServer, toClient, state, number, cut)
                    }
                    // The side that ends first ends the other.
                    _ = try? await group.next()
                    group.cancelAll()
                    cut()
                }
            }
        }
        await control.remove(number)
    }

    private static func wire(_ channel: any Channel) async throws -> Wire {
        let wire = try await channel.eventLoop.submit { try Wire(wrappingChannelSynchronously: channel) }.get()
        channel.setOption(.autoRead, value: true).whenFailure { _ in }
        return wire
    }

    private func passRequests(
        _ requests: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ server: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ state: ProxyState,
        _ number: Int,
        _ cut: @Sendable () -> Void
    ) async throws {
        var reader = MessageReader(hasUntypedStart: true)
        for try await buffer in requests {
            reader.add(buffer)
            while let message = reader.next() {
                for statement in await state.note(request: message) { try await happen(.before, statement, cut) }
                guard await !control.isDeaf(number) else { continue }
                try await server.write(message.bytes)
            }
        }
    }

    private func passAnswers(
        _ answers: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ client: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ state: ProxyState,
        _ number: Int,
        _ cut: @Sendable () -> Void
    ) async throws {
        var reader = MessageReader(hasUntypedStart: false)
        for try await buffer in answers {
            reader.add(buffer)
            while let message = reader.next() {
                for statement in await state.note(answer: message) { try await happen(.after, statement, cut) }
                guard await !control.isDeaf(number) else { continue }
                try await client.write(message.bytes)
            }
        }
    }

    private func happen(
        _ moment: PostgresProxy.Point.Moment,
        _ statement: String,
        _ cut: @Sendable () -> Void
    ) async throws {
        guard await control.come(to: moment, of: statement) else { return }
        cut()
        throw CancellationError()
    }
}

/// What a connection is about to commit.
private actor ProxyState {
    private var isInTransaction = false
    /// Statements whose commit is to come, or under way.
    private var pending: [String] = []
    private var isCommitting = false

    /// - Returns: The statements whose commit begins with this message.
    func note(request: Message) -> [String] {
        switch request.kind {
        case UInt8(ascii: "Q"):
            let sql = request.string(at: 5)
            if sql.hasPrefix("begin") { isInTransaction = true }
            if sql == "rollback" {
                isInTransaction = false
                pending = []
            }
            if sql == "commit" {
                isInTransaction = false
                isCommitting = true
                return pending
            }
        case UInt8(ascii: "B"):
            // The portal's name, which is empty, and then the statement's.
            let statement = request.string(at: 6)
            pending.append(statement)
            isCommitting = !isInTransaction
            return isInTransaction ? [] : [statement]
        default: break
        }
        return []
    }

    /// - Returns: The statements that this message says were committed.
    func note(answer: Message) -> [String] {
        switch answer.kind {
        case UInt8(ascii: "E"):
            pending = []
        case UInt8(ascii: "Z") where isCommitting:
            isCommitting = false
            defer { pending = [] }
            return pending
        default: break
        }
        return []
    }
}

/// A message, whole.
private struct Message: Sendable {
    /// Its type; 0 for the first of a client, which has none.
    let kind: UInt8
    let bytes: ByteBuffer

    /// The text that ends with a zero.
    func string(at offset: Int) -> String {
        let view = bytes.readableBytesView.dropFirst(offset)
        return String(decoding: view.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// Cuts a stream of bytes into messages.
private struct MessageReader {
    private var isAtStart: Bool
    private var buffer = ByteBuffer()

    init(hasUntypedStart: Bool) {
        isAtStart = hasUntypedStart
    }

    mutating func add(_ bytes: ByteBuffer) {
        var bytes = bytes
        buffer.writeBuffer(&bytes)
        buffer.discardReadBytes()
    }

    mutating func next() -> Message? {
        let typeLength = isAtStart ? 0 : 1
        guard let length = buffer.getInteger(at: buffer.readerIndex + typeLength, as: Int32.self),
            let kind = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self),
            let bytes = buffer.readSlice(length: typeLength + Int(length))
        else { return nil }
        defer { isAtStart = false }
        return Message(kind: isAtStart ? 0 : kind, bytes: bytes)
    }
}
