import AsyncHTTPClient
import Foundation
package import SubjectRequests
package import Subprocess
import SystemPackage
import TalonOne
package import TalonOneSandbox

extension TestEnvironment {
    /// Makes a customer by the API's own operations, with a profile, a closed session and a reserved coupon.
    package func makeCustomer(_ id: String) async throws {
        try await dsr("api", "update-profile", id, "--attributes", #"{"Name":"N","City":"C"}"#).expect(0)
        let session = ["api", "update-session", "s-\(UUID().uuidString)", "--profile", id]
        try await dsr(session + ["--state", "closed", "--total", "12.50"]).expect(0)
        try await dsr("api", "create-reservation", "AUTUMN10", id).expect(0)
    }

    /// Makes customers `customer-1` to `customer-n`, by a client of its own: the binary once for each would take minutes.
    package func makeCustomers(_ count: Int) async throws {
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(connections: 8)
        )
        let client = TalonOneClient(
            configuration: try TalonOneConfiguration(baseURL: server.baseURL, authentication: .apiKey("sandbox")),
            http: http
        )
        let make = { @Sendable (number: Int) in
            _ = try await client.updateCustomerProfile(
                integrationId: "customer-\(number)",
                NewCustomerProfile(attributes: ["Name": .string("Customer \(number)"), "City": "Here"])
            )
        }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...count {
                    if number > 8 { try await group.next() }
                    group.addTask { try await make(number) }
                }
                try await group.waitForAll()
            }
        } catch {
            // A client that is not shut down stops the whole test process.
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }

    /// Makes customers `customer-1` to `customer-n`, queues a request of each for each right, and remembers them all.
    package func queue(_ rights: Right..., customers count: Int) async throws -> Invariants {
        try await makeCustomers(count)
        try await submit((1...count).flatMap { number in rights.map { ($0, "customer-\(number)") } })
        return try await Invariants(self)
    }

    /// Waits for the n-th request that matches.
    ///
    /// - Parameters:
    ///   - from: Requests before this number do not count.
    ///   - processed: Waits for requests that have been processed, and not only received.
    @discardableResult
    package func received(
        _ match: SandboxMatch,
        number: Int = 1,
        from: Int = 0,
        processed: Bool = false
    ) async throws -> SandboxRequest {
        let sandbox = sandbox
        return try await waitFor("\(processed ? "the effect of " : "")request \(number) that matches \(match)") {
            var found = try await sandbox.waitForRequest(matching: match, from: from, processed: processed)
            for _ in 1..<number {
                let next = found.number + 1
                found = try await sandbox.waitForRequest(matching: match, from: next, processed: processed)
            }
            return found
        }
    }

    /// The number that the sandbox's next request will have.
    package func nextRequest() async -> Int {
        await sandbox.requests().last.map { $0.number + 1 } ?? 0
    }

    /// Starts the binary, by default a run, and does something to it meanwhile.
    ///
    /// - Returns: How it ended, by itself or by a signal.
    @discardableResult
    package func running(
        _ words: [String] = ["run"],
        setting changes: [String: String] = [:],
        _ body: @escaping @Sendable (Child) async throws -> Void
    ) async throws -> Ended {
        let result = try await Subprocess.run(
            .path(FilePath(Self.binary)),
            arguments: Arguments(words),
            environment: Self.environment(variables.merging(changes) { $1 }.mapValues(Optional.some)),
            input: .none,
            output: .sequence,
            error: .string(limit: 64 << 20)
        ) { execution in
            let child = Child(
                processIdentifier: execution.processIdentifier.value,
                output: Task {
                    var bytes: [UInt8] = []
                    for try await part in execution.standardOutput { part.withUnsafeBytes { bytes += $0 } }
                    return String(decoding: bytes, as: UTF8.self)
                },
                deliver: { signal in try execution.send(signal: signal) }
            )
            try await child.meanwhile(body)
            return try await child.output.value
        }
        return Ended(
            code: Self.code(of: result.terminationStatus),
            out: result.closureResult,
            err: result.standardError
        )
    }

    /// The binary as a child process.
    package struct Child: Sendable {
        package let processIdentifier: Int32
        fileprivate let output: Task<String, any Error>
        fileprivate let deliver: @Sendable (Signal) throws -> Void

        package func send(_ signal: Signal) throws { try deliver(signal) }

        /// Does something that may wait for what only a living process can bring about.
        ///
        /// - Throws: ``Unexpected``, with what the process printed, if that has not come a minute after it has ended.
        fileprivate func meanwhile(_ body: @escaping @Sendable (Child) async throws -> Void) async throws {
            let doing = Task { try await body(self) }
            let patience = Task {
                await waitUntilEnded()
                try await Task.sleep(for: .seconds(60))
                doing.cancel()
            }
            defer { patience.cancel() }
            do {
                try await doing.value
            } catch is CancellationError {
                throw Unexpected(
                    description: "the process ended before what the test waits for: \(try await output.value)"
                )
            }
        }

        /// Waits until it has ended, which closes its output.
        package func waitUntilEnded() async { _ = await output.result }
    }
}
