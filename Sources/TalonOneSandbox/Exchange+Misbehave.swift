import Foundation
import Hummingbird
import NIOCore

/// Thrown after a connection was closed, to leave the response unfinished.
private struct ConnectionCut: Error {}

extension Exchange {
    /// Carries out a fault, on the wire: connections are really cut, answers really hang or do not end.
    func misbehave(_ behaviour: SandboxFault.Behaviour, hangNumber: Int?) async throws -> Response {
        switch behaviour {
        case .delay(let milliseconds):
            try await Task.sleep(for: .milliseconds(milliseconds))
            return await act().response(throttle: settings.throttle)
        case .hang:
            if let hangNumber { await hang(hangNumber) }
            try await cut()
        case .hangAfterActing:
            _ = await act()
            if let hangNumber { await hang(hangNumber) }
            try await cut()
        case .dropBeforeActing:
            try await cut()
        case .dropAfterActing:
            _ = await act()
            try await cut()
        case .status(let code, let body, let retryAfter, let act):
            if act == true { _ = await self.act() }
            var headers = HTTPFields()
            headers[.retryAfter] = retryAfter
            let bytes = body.map { Data($0.utf8) } ?? Refusal(status: code, message: "As ordered").answer.bytes
            return Response(status: code, headers: headers, json: code == 204 ? Data() : bytes)
        case .garbage:
            _ = await act()
            return Response(status: 200, json: Data("not json".utf8))
        case .invalidUTF8:
            _ = await act()
            return Response(
                status: 200,
                json: Data(#"{"profile":{"integrationId":""#.utf8) + [0xC3, 0x28] + Data(#""}}"#.utf8)
            )
        case .truncatedBody:
            let answer = await act()
            return truncated(answer)
        case .endlessBody:
            _ = await act()
            return endless()
        case .slowBody(let milliseconds):
            let answer = await act()
            return slow(answer, interval: .milliseconds(milliseconds))
        case .hugeBody(let mebibytes):
            _ = await act()
            return huge(mebibytes)
        case .hugeHeader(let kibibytes):
            var response = await act().response()
            response.headers[.server] = String(repeating: "x", count: kibibytes * 1024)
            return response
        case .closeAfterAnswer:
            return closing(after: await act())
        case .redirect(let location):
            return Response(status: .temporaryRedirect, headers: [.location: location])
        case .reappear:
            let answer = await act()
            if let route, route.operation == .deleteCustomerData {
                await sandbox.reappear(route.identifier, now: Date())
            }
            return answer.response()
        }
    }

    private func cut() async throws -> Never {
        try? await channel.close()
        throw ConnectionCut()
    }

    private func hang(_ number: Int) async {
        let (stream, end) = AsyncStream<Never>.makeStream()
        channel.closeFuture.whenComplete { _ in end.finish() }
        await sandbox.hang(number, stream, end)
    }
}

extension Exchange {
    private static var json: HTTPFields { [.contentType: "application/json"] }

    private func truncated(_ answer: Answer) -> Response {
        // An empty answer cannot be truncated; use a minimal one.
        let bytes = answer.bytes.isEmpty ? Data("{}".utf8) : answer.bytes
        let status = answer.bytes.isEmpty ? 200 : answer.status
        return Response(
            status: .init(code: status),
            headers: Self.json,
            body: ResponseBody(contentLength: bytes.count) { [channel] writer in
                try await writer.write(ByteBuffer(bytes: bytes.prefix(bytes.count / 2)))
                try? await channel.close()
                throw ConnectionCut()
            }
        )
    }

    private func closing(after answer: Answer) -> Response {
        Response(
            status: .init(code: answer.status),
            headers: Self.json,
            body: ResponseBody(contentLength: answer.bytes.count) { [channel] writer in
                if !answer.bytes.isEmpty { try await writer.write(ByteBuffer(bytes: answer.bytes)) }
                try await writer.finish(nil)
                try? await channel.close()
            }
        )
    }

    private func endless() -> Response {
        Response(
            status: .ok,
            headers: Self.json,
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: #"{"profile":{"attributes":{"a":""#))
                let filler = ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 * 1024)
                while true { try await writer.write(filler) }
            }
        )
    }

    private func slow(_ answer: Answer, interval: Duration) -> Response {
        let bytes = answer.bytes.isEmpty ? Data("{}".utf8) : answer.bytes
        return Response(
            status: .init(code: answer.bytes.isEmpty ? 200 : answer.status),
            headers: Self.json,
            body: ResponseBody(contentLength: bytes.count) { writer in
                for byte in bytes {
                    try await writer.write(ByteBuffer(bytes: [byte]))
                    try await Task.sleep(for: interval)
                }
                try await writer.finish(nil)
            }
        )
    }

    private func huge(_ mebibytes: Int) -> Response {
        Response(
            status: .ok,
            headers: Self.json,
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: #"{"profile":{"attributes":{"filler":""#))
                let filler = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1024 * 1024)
                for _ in 0..<mebibytes { try await writer.write(filler) }
                try await writer.write(ByteBuffer(string: #""}}}"#))
                try await writer.finish(nil)
            }
        )
    }
}
