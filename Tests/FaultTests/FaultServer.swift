import TestEnvironment
import Testing
import ThrowawayPostgres

/// The Postgres server that the fault tests share, apart from the one of all other tests.
enum FaultServer {
    private static let started = Task { try await ThrowawayPostgres.start() }

    static var shared: ThrowawayPostgres {
        get async throws { try await started.value }
    }
}

extension Invariants {
    /// Expects that all of them hold.
    @discardableResult
    func expectAll(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Counts
    {
        let (findings, counts) = try await check()
        #expect(findings == [], comment, sourceLocation: sourceLocation)
        return counts
    }
}
