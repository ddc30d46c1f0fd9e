import Foundation
import Subprocess

/// The child process that owns a cluster, spoken to one line at a time.
final class Supervisor: Sendable {
    private struct Request {
        let line: String
        let answer: CheckedContinuation<String?, Never>
    }

    private let requests: AsyncStream<Request>.Continuation
    private let child: Task<Void, Never>

    /// - Parameter arguments: those of `SupervisorScript`.
    init(_ arguments: [String], as user: ServerUser?) {
        let (requests, continuation) = AsyncStream<Request>.makeStream()
        self.requests = continuation
        var options = PlatformOptions()
        // Away from the terminal, or its interrupt key would reach the server before the owner has finished with it.
        options.createSession = true
        let shell = ["sh", "-c", SupervisorScript.text, "throwaway-postgres"] + arguments
        // By a program, not by Subprocess' options: those call setuid after a bare clone3, where glibc waits for
        // threads that the child does not have.
        let command = (user?.prefix ?? []) + shell
        child = Task { [options] in
            _ = try? await run(
                .name(command[0]),
                arguments: Arguments(Array(command.dropFirst())),
                // Not the owner's: its PG variables are meant for another server.
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
            // Whoever asks a child that did not start gets no answer, but does not wait for it.
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
    /// - Returns: what follows `ok`.
    /// - Throws: `code` with what follows `failed`; `.stopped` if there is nobody to ask.
    @discardableResult
    func ask(_ line: String, orThrow code: ThrowawayPostgresError.Code) async throws(ThrowawayPostgresError) -> String {
        let answer = await withCheckedContinuation { continuation in
            if case .terminated = requests.yield(Request(line: line, answer: continuation)) {
                continuation.resume(returning: nil)
            }
        }
        guard let answer else {
            throw ThrowawayPostgresError(.stopped, "the throwaway Postgres does not run any more")
        }
        let words = answer.split(separator: " ", maxSplits: 1)
        let rest = words.count > 1 ? words[1].trimmingCharacters(in: .whitespaces) : ""
        guard words.first == "ok" else {
            throw ThrowawayPostgresError(code, "the throwaway Postgres could not do it (\(code)): \(rest)")
        }
        return rest
    }

    /// Closes the child's input and waits until it has cleaned up and ended.
    func end() async {
        requests.finish()
        await child.value
    }
}
