import AsyncHTTPClient
import Foundation
package import Subprocess
import SystemPackage
import TalonOne
package import TalonOneSandbox

extension House {
    /// Makes customers `customer-1` to `customer-n`; the binary once for each would take minutes.
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
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...count {
                if number > 8 { try await group.next() }
                group.addTask { try await make(number) }
            }
            try await group.waitForAll()
        }
        try await http.shutdown()
    }

    /// Starts a run and kills it once the sandbox has the n-th matching request.
    package func killRun(when match: SandboxMatch, number: Int) async throws {
        try await running { child in
            try await received(match, number: number)
            try child.send(.kill)
        }
    }

    /// Starts a run, asks it to stop once the n-th inventory is asked for, and then lets all that hangs go on.
    package func terminateRun(afterInventory number: Int) async throws -> Ended {
        try await running { child in
            try await received(SandboxMatch(operation: "getCustomerInventory"), number: number)
            try child.send(.terminate)
            await sandbox.clearFaults()
        }
    }

    /// Waits for the n-th request that matches.
    package func received(_ match: SandboxMatch, number: Int = 1) async throws {
        var next = 0
        for _ in 0..<number {
            next = try await sandbox.waitForRequest(matching: match, from: next).number + 1
        }
    }

    /// Starts the binary, by default a run, and does something to it meanwhile.
    ///
    /// - Returns: How it ended, whoever ended it.
    @discardableResult
    package func running(
        _ words: [String] = ["run"],
        setting changes: [String: String] = [:],
        _ body: @escaping @Sendable (Child) async throws -> Void
    ) async throws -> Ended {
        let result = try await Subprocess.run(
            .path(FilePath(Self.binary)),
            arguments: Arguments(words),
            environment: Self.environment(environment.merging(changes) { $1 }.mapValues(Optional.some)),
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

    /// The binary at work.
    package struct Child: Sendable {
        package let processIdentifier: Int32
        fileprivate let output: Task<String, any Error>
        fileprivate let deliver: @Sendable (Signal) throws -> Void

        package func send(_ signal: Signal) throws { try deliver(signal) }

        /// Does something that may wait for what only a living process can bring about.
        ///
        /// - Throws: ``Unexpected``, with what the process said, where it has long ended and that has not come.
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
                throw Unexpected(description: "it ended before the test was through with it: \(try await output.value)")
            }
        }

        /// Waits until it has ended, which closes its output.
        package func waitUntilEnded() async { _ = await output.result }
    }
}
