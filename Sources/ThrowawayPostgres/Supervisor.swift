import Foundation
import Subprocess

/// The child process that owns a cluster and is controlled by one line per command.
final class Supervisor: Sendable {
    private struct Request {
        let line: String
        let answer: CheckedContinuation<String?, Never>
    }

    private let requests: AsyncStream<Request>.Continuation
    private let child: Task<Void, Never>

    /// Starts the child process.
    ///
    /// - Parameter arguments: the arguments of `SupervisorScript`.
    init(_ arguments: [String], as user: ServerUser?) {
        let (requests, continuation) = AsyncStream<Request>.makeStream()
        self.requests = continuation
        var options = PlatformOptions()
        // Detached from the terminal: its interrupt key would stop the server while the owner still uses it.
        options.createSession = true
        let shell = ["sh", "-c", SupervisorScript.text, "throwaway-postgres"] + arguments
        // By setpriv, not by Subprocess's options: those call setuid after a bare clone3, where glibc waits for threads
        // that the child does not have.
        let command = (user?.prefix ?? []) + shell
        child = Task { [options] in
            _ = try? await run(
                .name(command[0]),
                arguments: Arguments(Array(command.dropFirst())),
                // Not the owner's environment: its PG variables are for another server.
                environment: .custom(["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"]),
                platformOptions: options,
                input: .inputWriter,
                output: .sequence,
                error: .discarded
            ) { execution in
                var lines = execution.standardOutput.strings().makeAsyncIterator()
                for await request in requests {
                    let line = request.line + "\n"
                    let isSent = (try? await execution.standardInputWriter.write(line)) != nil
                    request.answer.resume(returning: isSent ? try? await lines.next() : nil)
                }
            }
            // If the child did not start, requests end without an answer instead of waiting.
            for await request in requests {
                request.answer.resume(returning: nil)
            }
        }
    }

    deinit {
        requests.finish()
    }

    /// Sends a command.
    ///
    /// - Returns: the text after `ok`.
    /// - Throws: `code` with the text after `failed`; `.stopped` if the child has ended.
    @discardableResult
    func ask(_ line: String, orThrow code: ThrowawayPostgresError.Code) async throws(ThrowawayPostgresError) -> String {
        let answer = await withCheckedContinuation { continuation in
            if case .terminated = requests.yield(Request(line: line, answer: continuation)) {
                continuation.resume(returning: nil)
            }
        }
        guard let answer else {
            throw ThrowawayPostgresError(.stopped, "the throwaway Postgres has stopped: start a new one")
        }
        let words = answer.split(separator: " ", maxSplits: 1)
        let rest = words.count > 1 ? words[1].trimmingCharacters(in: .whitespaces) : ""
        guard words.first == "ok" else {
            throw ThrowawayPostgresError(code, "the throwaway Postgres reported \(code): \(rest)")
        }
        return rest
    }

    /// Closes the child's input, and waits until the child has cleaned up and ended.
    func end() async {
        requests.finish()
        await child.value
    }
}
