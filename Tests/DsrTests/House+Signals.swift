import AsyncHTTPClient
import Foundation
import Subprocess
import SystemPackage
import TalonOne
import TalonOneSandbox

extension House {
    /// Makes customers `customer-1` to `customer-n`; the binary once for each would take minutes.
    func makeCustomers(_ count: Int) async throws {
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
    func killRun(when match: SandboxMatch, number: Int) async throws {
        try await withRun { send in
            try await received(match, number: number)
            try send(.kill)
        }
    }

    /// Starts a run, asks it to stop once the n-th inventory is asked for, and then lets all that hangs go on.
    func terminateRun(afterInventory number: Int) async throws -> Ended {
        try await withRun { send in
            try await received(SandboxMatch(operation: "getCustomerInventory"), number: number)
            try send(.terminate)
            await sandbox.clearFaults()
        }
    }

    /// Waits for the n-th request that matches.
    private func received(_ match: SandboxMatch, number: Int) async throws {
        var next = 0
        for _ in 0..<number {
            next = try await sandbox.waitForRequest(matching: match, from: next).number + 1
        }
    }

    @discardableResult
    private func withRun(_ body: ((Signal) throws -> Void) async throws -> Void) async throws -> Ended {
        let out = folder + "/out-\(UUID().uuidString)"
        let file = try FileDescriptor.open(
            FilePath(out),
            .readWrite,
            options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite
        )
        let result = try await Subprocess.run(
            .path(FilePath(Self.binary)),
            arguments: ["run"],
            environment: Self.environment(environment.mapValues(Optional.some)),
            input: .none,
            output: .fileDescriptor(file, closeAfterSpawningProcess: true),
            error: .discarded
        ) { execution in
            try await body { signal in try execution.send(signal: signal) }
        }
        return Ended(
            code: Self.code(of: result.terminationStatus),
            out: String(decoding: FileManager.default.contents(atPath: out) ?? Data(), as: UTF8.self),
            err: ""
        )
    }
}
