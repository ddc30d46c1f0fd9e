import Foundation
import Subprocess
import TalonOneSandbox
import TestHouse
import ThrowawayPostgres

/// Carries a plan out: episode by episode, then runs without any fault until nothing is left, then the reckoning.
struct Soak: Sendable {
    let plan: SoakPlan
    let postgres: ThrowawayPostgres
    let house: House

    /// What a soak has found and counted.
    struct Outcome: Sendable {
        var findings: [String] = []
        var incidents: [String: Int] = [:]
        var endings: [Int32: Int] = [:]
        var runs = 0, cuts = 0, setAside = 0, apiFaults = 0, calls = 0
        var counts = Invariants.Counts()
    }

    /// A lease that can pass while a soak waits for it; calls and statements that are soon given up.
    static let environment = [
        "DSR_CONCURRENCY": "8", "DSR_LEASE_SECONDS": "\(lease)", "DSR_CALL_TIMEOUT_SECONDS": "2",
        "DSR_CALL_MAXIMUM_BODY_MEBIBYTES": "1", "DSR_DATABASE_STATEMENT_TIMEOUT_SECONDS": "2",
        "DSR_BRAKE_MAXIMUM_ERASURES": "1000000", "DSR_BRAKE_SPIKE_FACTOR": "0", "DSR_GRACE_SECONDS": "1",
    ]
    private static let lease = 6

    func carryOut() async throws -> Outcome {
        var outcome = Outcome()
        try await house.makeCustomers(plan.customers)
        try await insert()
        let invariants = try await Invariants(house)
        for episode in plan.episodes { try await play(episode, &outcome) }
        try await finish(&outcome)
        let seen = await house.sandbox.counts().operations
        outcome.calls = seen.values.reduce(0) { $0 + $1.received } - plan.customers
        outcome.apiFaults = seen.values.reduce(0) { $0 + $1.disturbed }
        let (findings, counts) = try await invariants.check()
        outcome.findings += findings
        outcome.counts = counts
        return outcome
    }

    private func insert() async throws {
        for part in stride(from: 0, to: plan.requests.count, by: 1_000) {
            let values = plan.requests[part..<min(part + 1_000, plan.requests.count)].map { request in
                let changes = request.kind == "rectification" ? #"'{"City": "Elsewhere"}'::jsonb"# : "null"
                return "('\(request.kind)', 'customer-\(request.customer)', \(changes))"
            }
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id, changes) values \(values.joined(separator: ", "))"
            )
        }
    }

    // MARK: - An episode

    private func play(_ episode: SoakPlan.Episode, _ outcome: inout Outcome) async throws {
        let proxy = try await PostgresProxy.start(before: postgres)
        for cut in episode.cuts { await proxy.order(.cut, at: cut) }
        for fault in episode.apiFaults { await house.sandbox.install(fault) }
        // Slow enough for something to happen in the middle of it.
        await house.sandbox.install(SandboxFault(.delay(milliseconds: 20)))
        let base = await house.sandbox.requests().last.map { $0.number + 1 } ?? 0
        let endings = try await withThrowingTaskGroup(of: House.Ended.self) { group in
            for number in 1...episode.runs {
                group.addTask { try await run(episode, isFirst: number == 1, base, proxy) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        await house.sandbox.clearFaults()
        for cut in episode.cuts where await proxy.wasReached(cut) { outcome.cuts += 1 }
        await proxy.stop()
        outcome.runs += episode.runs
        outcome.incidents[episode.incident.rawValue, default: 0] += 1
        for ending in endings { note(ending, "\(episode)", &outcome) }
        // Who was killed does not come back.
        try await house.sql(
            "update dsr.runs set lease_until = clock_timestamp() - interval '1 second' where ended_at is null"
        )
    }

    private func run(
        _ episode: SoakPlan.Episode,
        isFirst: Bool,
        _ base: Int,
        _ proxy: PostgresProxy
    ) async throws -> House.Ended {
        let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
        return try await house.running(["run", "--limit", "\(episode.limit)"], setting: through) { child in
            guard isFirst else { return }
            await waitForCall(base + episode.incidentAfter, or: child)
            try await cause(episode.incident, proxy, child)
        }
    }

    /// Waits for a call, or until there is nobody left to make it.
    private func waitForCall(_ number: Int, or child: House.Child) async {
        let call = Task { try await house.sandbox.waitForRequest(matching: SandboxMatch(), from: number) }
        // Goes on until the run has ended, which cannot be waited for any less.
        Task {
            await child.waitUntilEnded()
            call.cancel()
        }
        _ = await call.result
    }

    private func cause(_ incident: SoakPlan.Incident, _ proxy: PostgresProxy, _ child: House.Child) async throws {
        switch incident {
        case .nothing: break
        // Whoever has ended by then cannot be told anything.
        case .kill: try? child.send(.kill)
        case .stopAndContinue, .stopPastLease:
            try? child.send(.suspend)
            try await house.letPass(seconds: incident == .stopPastLease ? Self.lease + 1 : 1)
            try? child.send(.resume)
        case .terminate: try? child.send(.terminate)
        case .terminateTwice:
            try? child.send(.terminate)
            try? child.send(.interrupt)
        case .restartServer: try await postgres.restart(immediate: false)
        case .crashServer: try await postgres.restart(immediate: true)
        case .terminateBackends: try await terminateBackends()
        case .cutConnections: await proxy.cutAll()
        case .deafConnections:
            await proxy.setDeaf(true)
            try await house.letPass(seconds: 3)
            await proxy.setDeaf(false)
        case .readOnlyServer:
            let name = try await house.texts("select current_database()::text as t")[0]
            try await house.sql("alter database \(name) set default_transaction_read_only = on")
            try await terminateBackends()
            try await house.letPass(seconds: 1)
            try await house.psql(
                "begin read write; alter database \(name) reset default_transaction_read_only; commit"
            ).expect(0)
        case .fullServer:
            try await house.script(
                """
                create or replace function public.dsr_test_full() returns trigger language plpgsql as
                $$ begin raise exception using errcode = 'disk_full', message = 'full'; end $$;
                create trigger dsr_test_full before insert on dsr.evidence_leaves execute function public.dsr_test_full()
                """
            )
            try await house.letPass(seconds: 1)
            try await house.sql("drop trigger dsr_test_full on dsr.evidence_leaves")
        }
    }

    private func terminateBackends() async throws {
        try await house.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
    }

    // MARK: - After the last episode

    /// Runs on healthy ground until all is done. What needs a person gets one.
    private func finish(_ outcome: inout Outcome) async throws {
        for _ in 1...5 {
            let ended = try await house.dsr("run")
            outcome.runs += 1
            note(ended, "a run after the last episode", &outcome)
            let failed = try await house.texts(
                "select id::text as t from dsr.subject_requests where state = 'failed' order by id"
            )
            outcome.setAside += failed.count
            for request in failed { try await settle(request) }
            let open = try await house.count(
                "select count(*) from dsr.subject_requests where state in ('pending', 'waiting', 'running')"
            )
            if open == 0 { break }
        }
        try await house.dsr("evidence", "checkpoint").expect(0)
        try await house.dsr("reports", "deliver").expect(0)
    }

    /// Tries a failed request again; or closes it, where another request has erased its person.
    private func settle(_ request: String) async throws {
        let retried = try await house.dsr("requests", "retry", request, "--ticket", "SOAK")
        guard retried.code != 0 else { return }
        guard retried.err.contains("is forgotten") else { throw House.Unexpected(description: retried.err) }
        try await house.dsr("requests", "cancel", request, "--ticket", "SOAK").expect(0)
    }

    /// Every run ends in order, or by the signal that it was sent, with no more than one sentence beside the answer to a
    /// signal.
    private func note(_ ended: House.Ended, _ place: String, _ outcome: inout Outcome) {
        outcome.endings[ended.code, default: 0] += 1
        let isInOrder = [0, 1, 69, 75, -9].contains(ended.code)
        let sentences = ended.err.split(separator: "\n").filter { !$0.hasPrefix("Stopping") }
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
        calls: \(calls); requests set aside for a person on the way: \(setAside); claims lost with their run: \(counts.leasesLost)
        deletions: \(counts.received) received, \(counts.acted) carried out; \(counts.repeated) repeated: \
        \(counts.repeatedAfterFault) after misbehaviour, \(counts.repeatedAfterLoss) after a lost or stopped run
        rows lost: \(findings.count { $0.contains("were inserted, and") }); findings: \(findings.count)
        """
    }
}
