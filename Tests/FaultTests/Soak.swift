import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import ThrowawayPostgres

/// Carries out a plan: its episodes, then runs without faults until the queue is empty, then a check of all invariants.
struct Soak: Sendable {
    let plan: SoakPlan
    let postgres: ThrowawayPostgres
    let env: TestEnvironment

    /// What a soak has found and counted.
    struct Outcome: Sendable {
        var findings: [String] = []
        var incidents: [String: Int] = [:]
        var endings: [Int32: Int] = [:]
        var runs = 0, cuts = 0, setAside = 0, apiFaults = 0, calls = 0
        var counts = Invariants.Counts()
    }

    /// A lease that a soak can outwait, and short timeouts of calls and statements.
    static let environment = [
        "DSR_CONCURRENCY": "8", "DSR_LEASE_SECONDS": "\(lease)", "DSR_CALL_TIMEOUT_SECONDS": "2",
        "DSR_CALL_MAXIMUM_BODY_MEBIBYTES": "1", "DSR_DATABASE_STATEMENT_TIMEOUT_SECONDS": "2",
        "DSR_BRAKE_MAXIMUM_ERASURES": "1000000", "DSR_BRAKE_SPIKE_FACTOR": "0", "DSR_GRACE_SECONDS": "1",
        // So strict that some runs hold answers back.
        "DSR_BRAKE_UNKNOWN_PERCENT": "10", "DSR_BRAKE_UNKNOWN_FLOOR": "0",
    ]
    private static let lease = 6

    func carryOut() async throws -> Outcome {
        var outcome = Outcome()
        // Talon.One does not know one in ten.
        let known = plan.customers - plan.customers / 10
        try await env.makeCustomers(known)
        try await env.submit(plan.requests.map { ($0.right, "customer-\($0.customer)") })
        let invariants = try await Invariants(env)
        for episode in plan.episodes { try await play(episode, &outcome) }
        try await finish(&outcome)
        let seen = await env.sandbox.counts().operations
        outcome.calls = seen.values.reduce(0) { $0 + $1.received } - known
        outcome.apiFaults = seen.values.reduce(0) { $0 + $1.disturbed }
        let (findings, counts) = try await invariants.check()
        outcome.findings += findings
        outcome.counts = counts
        return outcome
    }

    // MARK: - An episode

    private func play(_ episode: SoakPlan.Episode, _ outcome: inout Outcome) async throws {
        let proxy = try await PostgresProxy.start(before: postgres)
        for cut in episode.cuts { await proxy.order(.cut, at: cut) }
        for fault in episode.apiFaults { await env.sandbox.install(fault) }
        // Slow enough for something to happen in the middle of it.
        await env.sandbox.install(SandboxFault(.delay(milliseconds: 20)))
        let base = await env.nextRequest()
        let endings = try await withThrowingTaskGroup(of: TestEnvironment.Ended.self) { group in
            for number in 1...episode.runs {
                group.addTask { try await run(episode, isFirst: number == 1, base, proxy) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        await env.sandbox.clearFaults()
        for cut in episode.cuts where await proxy.wasReached(cut) { outcome.cuts += 1 }
        await proxy.stop()
        outcome.runs += episode.runs
        outcome.incidents[episode.incident.rawValue, default: 0] += 1
        for ending in endings { note(ending, "\(episode)", &outcome) }
        // Runs that were killed never come back.
        try await env.expireLeases()
    }

    private func run(
        _ episode: SoakPlan.Episode,
        isFirst: Bool,
        _ base: Int,
        _ proxy: PostgresProxy
    ) async throws -> TestEnvironment.Ended {
        return try await env.running(["run", "--limit", "\(episode.limit)"], setting: proxy.variables(for: env)) {
            child in
            guard isFirst else { return }
            await waitForCall(base + episode.incidentAfter, or: child)
            try await cause(episode.incident, proxy, child)
        }
    }

    /// Waits for a call, or until the run that is to make it has ended.
    private func waitForCall(_ number: Int, or child: TestEnvironment.Child) async {
        let call = Task { try await env.sandbox.waitForRequest(matching: SandboxMatch(), from: number) }
        // Cannot be cancelled: it goes on until the run has ended.
        Task {
            await child.waitUntilEnded()
            call.cancel()
        }
        _ = await call.result
    }

    private func cause(_ incident: SoakPlan.Incident, _ proxy: PostgresProxy, _ child: TestEnvironment.Child)
        async throws
    {
        switch incident {
        case .nothing: break
        // A run that has ended by then takes no signal.
        case .kill: try? child.send(.kill)
        case .stopAndContinue, .stopPastLease:
            try? child.send(.suspend)
            try await env.letPass(.seconds(incident == .stopPastLease ? Self.lease + 1 : 1))
            try? child.send(.resume)
        case .terminate: try? child.send(.terminate)
        case .terminateTwice:
            try? child.send(.terminate)
            try? child.send(.interrupt)
        case .restartServer: try await postgres.restart(immediate: false)
        case .crashServer: try await postgres.restart(immediate: true)
        case .terminateBackends: try await env.terminateBackends()
        case .cutConnections: await proxy.cutAll()
        case .deafConnections:
            await proxy.setDeaf(true)
            try await env.letPass(.seconds(3))
            await proxy.setDeaf(false)
        case .readOnlyServer:
            try await env.setReadOnly(true)
            try await env.terminateBackends()
            try await env.letPass(.seconds(1))
            try await env.setReadOnly(false)
        case .fullServer:
            try await env.setDiskFull(true)
            try await env.letPass(.seconds(1))
            try await env.setDiskFull(false)
        }
    }

    // MARK: - After the last episode

    /// Runs without faults until every request is closed, and retries what needs action.
    private func finish(_ outcome: inout Outcome) async throws {
        for _ in 1...5 {
            let ended = try await env.dsr("run", "--allow-unknown", "SOAK")
            outcome.runs += 1
            note(ended, "a run after the last episode", &outcome)
            let failed = try await env.texts(
                "select id::text as t from dsr.subject_requests where state = 'failed' order by id"
            )
            outcome.setAside += failed.count
            for request in failed { try await settle(request) }
            if try await env.requests("state in ('pending', 'waiting', 'running')") == 0 { break }
        }
        try await env.dsr("evidence", "checkpoint").expect(0)
        try await env.dsr("reports", "deliver").expect(0)
    }

    /// Retries a failed request, or closes it if another request has erased the customer.
    private func settle(_ request: String) async throws {
        let retried = try await env.dsr("requests", "retry", request, "--ticket", "SOAK")
        guard retried.code != 0 else { return }
        guard retried.err.contains("identifier is gone") else {
            throw TestEnvironment.Unexpected(description: retried.err)
        }
        try await env.dsr("requests", "cancel", request, "--ticket", "SOAK").expect(0)
    }

    /// Notes how a run has ended: in order, or by the signal that it was sent, with at most one sentence on standard error
    /// apart from the answer to a signal and from what is waited for at the start.
    private func note(_ ended: TestEnvironment.Ended, _ place: String, _ outcome: inout Outcome) {
        outcome.endings[ended.code, default: 0] += 1
        let isInOrder = [0, 1, 69, 75, -9].contains(ended.code)
        let sentences = ended.sentences.filter { !$0.hasPrefix("Stopping") && !$0.hasPrefix("Waiting") }
        if !isInOrder || sentences.count > 1 {
            outcome.findings.append("a run ended with \(ended.code): \(ended.err) in \(place)")
        }
        if [0, 1].contains(ended.code), !ended.out.contains("the sums agree") {
            outcome.findings.append("the sums of a run do not agree: \(ended.out) in \(place)")
        }
    }
}

extension Soak.Outcome: CustomStringConvertible {
    var description: String {
        """
        runs: \(runs), by exit code: \(endings.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))
        incidents: \(incidents.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        faults injected: \(apiFaults) at the API, \(cuts) connections cut around a commit, \
        \(incidents.filter { $0.key != "nothing" }.values.reduce(0, +)) incidents
        calls: \(calls); requests that needed action on the way: \(setAside), held back: \(counts.heldBack); claims lost with their run: \(counts.leasesLost)
        deletions: \(counts.received) received, \(counts.acted) carried out; \(counts.repeated) repeated: \
        \(counts.repeatedAfterFault) after misbehaviour, \(counts.repeatedAfterLoss) after a lost or stopped run
        rows lost: \(findings.count { $0.contains("were inserted, and") }); findings: \(findings.count)
        """
    }
}
