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
            configuration: TalonOneClient.httpClientConfiguration(connections: 1)
        )
        let client = TalonOneClient(
            configuration: try TalonOneConfiguration(baseURL: server.baseURL, authentication: .apiKey("sandbox")),
            http: http
        )
        for number in 1...count {
            _ = try await client.updateCustomerProfile(
                integrationId: "customer-\(number)",
                NewCustomerProfile(attributes: ["Name": .string("Customer \(number)"), "City": "Here"])
            )
        }
        try await http.shutdown()
    }

    /// Starts a run and kills it once the sandbox has the n-th matching request.
    package func killRun(when match: SandboxMatch, number: Int) async throws {
        try await running { send in
            try await received(match, number: number)
            try send(.kill)
        }
    }

    /// Starts a run, asks it to stop once the n-th inventory is asked for, and then lets all that hangs go on.
    package func terminateRun(afterInventory number: Int) async throws -> Ended {
        try await running { send in
            try await received(SandboxMatch(operation: "getCustomerInventory"), number: number)
            try send(.terminate)
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
    /// - Parameter body: Gets what sends the process a signal.
    /// - Returns: How it ended, whoever ended it.
    @discardableResult
    package func running(
        _ words: [String] = ["run"],
        setting changes: [String: String] = [:],
        _ body: ((Signal) throws -> Void) async throws -> Void
    ) async throws -> Ended {
        let name = folder + "/process-\(UUID().uuidString)"
        func file(_ suffix: String) throws -> FileDescriptor {
            try FileDescriptor.open(
                FilePath(name + suffix),
                .readWrite,
                options: [.create, .exclusiveCreate],
                permissions: .ownerReadWrite
            )
        }
        func text(_ suffix: String) -> String {
            String(decoding: FileManager.default.contents(atPath: name + suffix) ?? Data(), as: UTF8.self)
        }
        let result = try await Subprocess.run(
            .path(FilePath(Self.binary)),
            arguments: Arguments(words),
            environment: Self.environment(environment.merging(changes) { $1 }.mapValues(Optional.some)),
            input: .none,
            output: .fileDescriptor(file(".out"), closeAfterSpawningProcess: true),
            error: .fileDescriptor(file(".err"), closeAfterSpawningProcess: true)
        ) { execution in
            try await body { signal in try execution.send(signal: signal) }
        }
        return Ended(code: Self.code(of: result.terminationStatus), out: text(".out"), err: text(".err"))
    }
}
