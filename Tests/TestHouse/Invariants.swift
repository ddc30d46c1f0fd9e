import Crypto
import Foundation
import Postgres
import TalonOneSandbox

/// What must hold after anything was broken, and everything has been put right again.
package struct Invariants: Sendable {
    let house: House
    /// The requests as they were inserted: number, kind and customer.
    private let requests: [(id: Int, kind: String, customer: String)]

    /// Remembers the requests, before their customers are forgotten.
    package init(_ house: House) async throws {
        self.house = house
        self.requests = try await house.sql(
            "select id, kind, integration_id from dsr.subject_requests order by id"
        ).map { row in
            (id: try row.decode("id"), kind: try row.decode("kind"), customer: try row.decode("integration_id"))
        }
    }

    /// What was counted, for whoever wants to know how much happened.
    package struct Counts: Sendable, Equatable {
        /// Deletions that the API received, and carried out.
        package var received = 0, acted = 0
        /// Deletions of somebody for whom one had been received before: in all; because the one before met with
        /// misbehaviour; because its run was lost, or gave the call up when it was stopped.
        package var repeated = 0, repeatedAfterFault = 0, repeatedAfterLoss = 0
        /// Claims that were lost with their run.
        package var leasesLost = 0

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

    /// Every row accounted for; at most one final result a row; claim numbers that grow.
    private func checkRows(_ findings: inout [String]) async throws {
        let count = try await house.count("select count(*) from dsr.subject_requests where replay_of is null")
        if count != requests.count {
            findings.append("\(requests.count) requests were inserted, and \(count) are there")
        }
        for open in try await house.texts(
            """
            select id || ' is ' || state || coalesce(' for ' || waiting_for, '') as t from dsr.subject_requests
            where state in ('pending', 'waiting', 'running') order by id
            """
        ) { findings.append("request \(open)") }
        for several in try await house.texts(
            """
            select l.request_id || ' has ' || count(*) || ' results' as t
            from dsr.evidence_leaves l join dsr.evidence_payloads p using (index),
                lateral (select convert_from(p.payload, 'UTF8')::json as j) x
            where j ->> 'event' = 'recorded' and j ->> 'state' in ('completed', 'refused')
            group by l.request_id having count(*) > 1
            """
        ) { findings.append("request \(several)") }
        for wrong in try await house.texts(
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

    /// The log without gaps, each hash its payload's; and all that the audit finds.
    private func checkEvidence(_ findings: inout [String]) async throws {
        let gaps = try await house.count("select count(*) - 1 - coalesce(max(index), -1) from dsr.evidence_leaves")
        if gaps != 0 { findings.append("the evidence has gaps") }
        let wrong = try await house.count(
            """
            select count(*) from dsr.evidence_leaves l left join dsr.evidence_payloads p using (index)
            where l.leaf_hash is distinct from sha256('\\x00'::bytea || p.payload)
            """
        )
        if wrong != 0 { findings.append("\(wrong) leaves are not what their hashes say") }
        guard house.settings["DSR_EVIDENCE_KEY_FILE"] != nil else { return }
        let verified = try await house.dsr("evidence", "verify")
        if verified.code != 0 { findings.append("the evidence does not verify: \(verified.out)") }
        if verified.out.contains("open: ") { findings.append("claims are open: \(verified.out)") }
    }

    /// An intent for each deletion that the API received, a read-back after each that counts, nobody erased who should
    /// not be, and nobody left who should.
    private func checkCalls(_ findings: inout [String]) async throws -> Counts {
        let seen = await house.sandbox.counts()
        var counts = Counts()
        if seen.blindDeletions > 0 {
            findings.append(
                "\(seen.blindDeletions) deletions were repeated without a look at what the ones before had done"
            )
        }
        let intents = try await numbers("j ->> 'action' = 'delete_customer_data'")
        let losses = try await numbers("j ->> 'event' in ('lease_lost', 'returned')")
        let outcomes = try await outcomes()
        for (customer, own) in Dictionary(grouping: requests, by: \.customer) {
            let deletions = seen.destructive["deleteCustomerData \(customer)"]
            let (received, acted) = (deletions?.received ?? 0, deletions?.acted ?? 0)
            counts.received += received
            counts.acted += acted
            let repeated = max(0, received - 1)
            let afterFault = min(repeated, deletions?.disturbed ?? 0)
            let afterLoss = min(repeated - afterFault, own.reduce(0) { $0 + losses[$1.id, default: 0] })
            counts.repeated += repeated
            counts.repeatedAfterFault += afterFault
            counts.repeatedAfterLoss += afterLoss
            if repeated > afterFault + afterLoss {
                findings.append("\(customer) was deleted \(received) times, and nothing explains it")
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
            let isThere = await house.sandbox.hasProfile(customer)
            if erased, isThere { findings.append("\(customer) counts as erased, and is there") }
            if acted > 0, !own.contains(where: { $0.kind == "erasure" }) {
                findings.append("\(customer) was erased, and nobody asked for that")
            }
        }
        counts.leasesLost = try await numbers("j ->> 'event' = 'lease_lost'").values.reduce(0, +)
        return counts
    }

    /// Leaves whose payload `j` a condition holds for, counted by request.
    private func numbers(_ condition: String) async throws -> [Int: Int] {
        let rows = try await house.sql(
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
        for row in try await house.sql("select id, outcome from dsr.subject_requests where outcome is not null") {
            outcomes[try row.decode("id")] = try row.decode("outcome")
        }
        return outcomes
    }

    /// Each delivered document is a file with its digest, and no file is half-written.
    private func checkFiles(_ findings: inout [String]) async throws {
        for row in try await house.sql("select file_name, sha256 from dsr.reports where delivered_at is not null") {
            let name: String = try row.decode("file_name")
            let digest: Data = try row.decode("sha256")
            guard let content = house.file(name) else {
                findings.append("\(name) was delivered, and is not there")
                continue
            }
            if Data(SHA256.hash(data: content)) != digest { findings.append("\(name) is not what its digest says") }
        }
        let undelivered = try await house.count(
            "select count(*) from dsr.reports where delivered_at is null and content is not null"
        )
        if undelivered != 0 { findings.append("\(undelivered) documents are not delivered") }
    }

    /// Each run that came to its end has a report whose sums agree.
    private func checkReports(_ findings: inout [String]) async throws {
        for run in try await house.texts(
            """
            select id || ': ' || end_reason || ', ' || coalesce(counts ->> 'balances', '-') as t from dsr.runs
            where end_reason <> 'lease lost' and counts ->> 'balances' is distinct from 'true' and scope = 'all'
            """
        ) { findings.append("the sums of a run do not agree: run \(run)") }
    }
}
