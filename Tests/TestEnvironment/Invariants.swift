import Crypto
import Foundation
import Postgres
import TalonOneSandbox

/// What must hold after any fault, once the next runs have completed the work.
package struct Invariants: Sendable {
    let env: TestEnvironment
    /// The requests as they were inserted: number, kind and customer.
    private let requests: [(id: Int, kind: String, customer: String)]

    /// Remembers the requests as they are before the first run, which will forget their customers.
    package init(_ env: TestEnvironment) async throws {
        self.env = env
        self.requests = try await env.sql(
            "select id, kind, integration_id from dsr.subject_requests order by id"
        ).map { row in
            (id: try row.decode("id"), kind: try row.decode("kind"), customer: try row.decode("integration_id"))
        }
    }

    /// How much has happened.
    package struct Counts: Sendable, Equatable {
        /// Deletions that the API received, and those that it carried out.
        package var received = 0, acted = 0
        /// Deletions of a customer for whom one had been received before: all of them; those after an API fault; those after
        /// a run that crashed, or that gave up the call at its shutdown.
        package var repeated = 0, repeatedAfterFault = 0, repeatedAfterLoss = 0
        /// Claims that were lost with their run.
        package var leasesLost = 0
        /// Answers that the brake on unknown customers has held back.
        package var heldBack = 0

        package init() {}
    }

    /// Checks everything, after the last run.
    ///
    /// - Returns: What does not hold, and the counts.
    package func check() async throws -> (findings: [String], counts: Counts) {
        var findings: [String] = []
        try await checkRows(&findings)
        try await checkEvidence(&findings)
        let counts = try await checkCalls(&findings)
        try await checkFiles(&findings)
        try await checkReports(&findings)
        return (findings, counts)
    }

    /// Every row is there and closed, has at most one final result, and has claim numbers without a gap.
    private func checkRows(_ findings: inout [String]) async throws {
        let count = try await env.count("select count(*) from dsr.subject_requests where replay_of is null")
        if count != requests.count {
            findings.append("\(requests.count) requests were inserted, and \(count) are there")
        }
        for open in try await env.texts(
            """
            select id || ' is ' || state || coalesce(' for ' || waiting_for, '') as t from dsr.subject_requests
            where state in ('pending', 'waiting', 'running') order by id
            """
        ) { findings.append("request \(open)") }
        for several in try await env.texts(
            """
            select l.request_id || ' has ' || count(*) || ' results' as t
            from dsr.evidence_leaves l join dsr.evidence_payloads p using (index),
                lateral (select convert_from(p.payload, 'UTF8')::json as j) x
            where j ->> 'event' = 'recorded' and j ->> 'state' in ('completed', 'refused')
            group by l.request_id having count(*) > 1
            """
        ) { findings.append("request \(several)") }
        for wrong in try await env.texts(
            """
            select r.id || ' has the claims ' || coalesce(c.claims, 'none') || ' and claim_no ' || r.claim_no as t
            from dsr.subject_requests r, lateral (
                select string_agg(j ->> 'claim', ' ' order by l.index) as claims
                from dsr.evidence_leaves l join dsr.evidence_payloads p using (index),
                    lateral (select convert_from(p.payload, 'UTF8')::json as j) x
                where l.request_id = r.id and j ->> 'event' = 'claimed'
            ) c
            where coalesce(c.claims, '') <> (select coalesce(string_agg(n::text, ' ' order by n), '') from generate_series(1, r.claim_no) n)
            """
        ) { findings.append("request \(wrong)") }
    }

    /// The log has no gap, each hash is that of its payload, and the log verifies.
    private func checkEvidence(_ findings: inout [String]) async throws {
        let gaps = try await env.count("select count(*) - 1 - coalesce(max(index), -1) from dsr.evidence_leaves")
        if gaps != 0 { findings.append("the evidence has gaps") }
        let wrong = try await env.count(
            """
            select count(*) from dsr.evidence_leaves l left join dsr.evidence_payloads p using (index)
            where l.leaf_hash is distinct from sha256('\\x00'::bytea || p.payload)
            """
        )
        if wrong != 0 { findings.append("\(wrong) leaves are not what their hashes say") }
        guard env.settings["DSR_EVIDENCE_KEY_FILE"] != nil else { return }
        let verified = try await env.dsr("evidence", "verify")
        if verified.code != 0 { findings.append("the evidence does not verify: \(verified.out)\(verified.err)") }
        if verified.out.contains("open: ") { findings.append("claims are open: \(verified.out)") }
    }

    /// Each deletion that the API received was announced, each erased customer was read after the last deletion and is gone,
    /// and each customer who is gone asked for erasure.
    private func checkCalls(_ findings: inout [String]) async throws -> Counts {
        let seen = await env.sandbox.counts()
        var counts = Counts()
        if seen.blindDeletions > 0 {
            findings.append(
                "\(seen.blindDeletions) deletions were repeated without reading the inventory after the one before"
            )
        }
        let intents = try await numbers("j ->> 'action' in ('delete_customer_data', 'delete_unknown_customer')")
        let crashed_runs = try await numbers("j ->> 'event' in ('lease_lost', 'returned')")
        let outcomes = try await outcomes()
        for (customer, own) in Dictionary(grouping: requests, by: \.customer) {
            let deletions = seen.destructive["deleteCustomerData \(customer)"]
            let (received, acted) = (deletions?.received ?? 0, deletions?.acted ?? 0)
            counts.received += received
            counts.acted += acted
            let repeated = max(0, received - 1)
            let afterFault = min(repeated, deletions?.disturbed ?? 0)
            let afterLoss = min(repeated - afterFault, own.reduce(0) { $0 + crashed_runs[$1.id, default: 0] })
            counts.repeated += repeated
            counts.repeatedAfterFault += afterFault
            counts.repeatedAfterLoss += afterLoss
            if repeated > afterFault + afterLoss {
                findings.append("\(customer) was deleted \(received) times, and no fault explains it")
            }
            if acted > 1 { findings.append("\(customer) was erased \(acted) times") }
            let announced = own.reduce(0) { $0 + intents[$1.id, default: 0] }
            if received > announced {
                findings.append("\(customer): \(received) deletions were received, and \(announced) were announced")
            }
            let erased = own.contains { ["erased", "already_absent"].contains(outcomes[$0.id]) }
            if erased, (seen.lastRead[customer] ?? -1) < (seen.lastDeletion[customer] ?? -1) {
                findings.append("\(customer) counts as erased without having been read after the last deletion")
            }
            if acted > 0, !erased { findings.append("\(customer) was erased, and no request says so") }
            let isThere = await env.sandbox.hasProfile(customer)
            if isThere, acted == 0, own.contains(where: { outcomes[$0.id] == "no_data" }) {
                findings.append("\(customer) counts as unknown, and is there")
            }
            if erased, isThere { findings.append("\(customer) counts as erased, and is there") }
            if acted > 0, !own.contains(where: { $0.kind == "erasure" }) {
                findings.append("\(customer) was erased, and did not ask for erasure")
            }
        }
        counts.heldBack = try await numbers("j ->> 'event' = 'returned' and j ->> 'state' = 'waiting'").values.reduce(
            0,
            +
        )
        counts.leasesLost = try await numbers("j ->> 'event' = 'lease_lost'").values.reduce(0, +)
        return counts
    }

    /// The log entries whose payload `j` meets a condition, counted by request.
    private func numbers(_ condition: String) async throws -> [Int: Int] {
        let rows = try await env.sql(
            """
            select l.request_id, count(*) as n from dsr.evidence_leaves l join dsr.evidence_payloads p using (index),
                lateral (select convert_from(p.payload, 'UTF8')::json as j) x
            where l.request_id is not null and (\(condition)) group by 1
            """
        )
        var numbers: [Int: Int] = [:]
        for row in rows { numbers[try row.decode("request_id")] = try row.decode("n") }
        return numbers
    }

    private func outcomes() async throws -> [Int: String] {
        var outcomes: [Int: String] = [:]
        for row in try await env.sql("select id, outcome from dsr.subject_requests where outcome is not null") {
            outcomes[try row.decode("id")] = try row.decode("outcome")
        }
        return outcomes
    }

    /// Each document is delivered, and its file has its digest.
    private func checkFiles(_ findings: inout [String]) async throws {
        for row in try await env.sql("select file_name, sha256 from dsr.reports where delivered_at is not null") {
            let name: String = try row.decode("file_name")
            let digest: Data = try row.decode("sha256")
            guard let content = env.file(name) else {
                findings.append("\(name) was delivered, and is not there")
                continue
            }
            if Data(SHA256.hash(data: content)) != digest { findings.append("\(name) is not what its digest says") }
        }
        let undelivered = try await env.count(
            "select count(*) from dsr.reports where delivered_at is null and content is not null"
        )
        if undelivered != 0 { findings.append("\(undelivered) documents are not delivered") }
    }

    /// Each run that has ended in order has a report whose sums agree.
    private func checkReports(_ findings: inout [String]) async throws {
        for run in try await env.texts(
            """
            select id || ': ' || end_reason || ', ' || coalesce(counts ->> 'balances', '-') as t from dsr.runs
            where end_reason <> 'lease lost' and counts ->> 'balances' is distinct from 'true' and scope = 'all'
            """
        ) { findings.append("the sums of a run do not agree: run \(run)") }
    }
}
