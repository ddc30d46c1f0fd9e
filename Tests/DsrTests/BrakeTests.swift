import Foundation
import TalonOneSandbox
import TestHouse
import Testing

@Suite("The brake on erasures, through the binary")
struct BrakeTests {
    @Test("more erasures than a run may carry out all wait, everything else is done, and a ticket lets them through")
    func maximum() async throws {
        try await House.with(environment: ["DSR_BRAKE_MAXIMUM_ERASURES": "3"]) { house in
            try await house.makeCustomers(5)
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'erasure', 'customer-' || n from generate_series(1, 4) n"
            )
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('access', 'customer-5')"
            )
            #expect(
                try await house.dsr("run", "--dry-run").expect(0).out.contains(
                    "erasures would be held back: 4 erasures are due"
                )
            )
            let braked = try await house.dsr("run").expect(1)
            #expect(braked.out.contains("waiting for brake"))
            #expect(braked.err.contains("4 erasures are due, and one run carries out at most 3"))
            #expect(braked.err.contains("--allow-spike"))
            #expect(braked.out.contains("the sums agree"))
            #expect(try await house.ending(of: 5) == "completed exported")
            #expect(await house.sandbox.counts().destructive.isEmpty)
            #expect(
                try await house.dsr("requests", "show", "1").expect(0).out.contains(
                    "brake, closed: More erasures are due"
                )
            )
            // It stays so.
            try await house.dsr("run").expect(1)
            #expect(await house.sandbox.counts().destructive.isEmpty)

            try await house.dsr("run", "--allow-spike", "no ticket").expect(64)
            try await house.dsr("run", "--allow-spike", "T-1").expect(0)
            #expect(
                try await house.count("select count(*) from dsr.subject_requests where outcome = 'erased'") == 4
            )
            let events = try await house.texts(
                """
                select convert_from(payload, 'UTF8')::json ->> 'event' || coalesce(' ' || (convert_from(payload, 'UTF8')::json ->> 'ticket'), '') as t
                from dsr.evidence_payloads where convert_from(payload, 'UTF8')::json ->> 'event' like 'brake%' order by index
                """
            )
            #expect(events == ["braked", "braked", "brake_released T-1"])
        }
    }

    @Test("a spike against the median of earlier runs is held back")
    func spike() async throws {
        try await House.with(environment: ["DSR_BRAKE_SPIKE_FACTOR": "2", "DSR_BRAKE_SPIKE_FLOOR": "1"]) { house in
            try await house.makeCustomers(10)
            var next = 1
            func request(_ count: Int) async throws {
                try await house.sql(
                    """
                    insert into dsr.subject_requests (kind, integration_id)
                    select 'erasure', 'customer-' || n from generate_series(\(next), \(next + count - 1)) n
                    """
                )
                next += count
            }
            for _ in 1...5 {
                try await request(1)
                try await house.dsr("run").expect(0)
            }
            try await request(3)
            let braked = try await house.dsr("run").expect(1)
            #expect(
                braked.err.contains("3 erasures are due, where earlier runs had 1 in the median and up to 2 are usual")
            )
            #expect(try await house.count("select count(*) from dsr.subject_requests where waiting_for = 'brake'") == 3)
            // One is withdrawn, and what is left is as usual.
            try await house.dsr("requests", "cancel", "6", "--ticket", "T-1").expect(0)
            try await house.dsr("run").expect(0)
            #expect(try await house.count("select count(*) from dsr.subject_requests where outcome = 'erased'") == 7)
        }
    }

    @Test("erasures that arrive while a run goes on count with those it has done")
    func arriving() async throws {
        try await House.with(environment: ["DSR_BRAKE_MAXIMUM_ERASURES": "2"]) { house in
            try await house.makeCustomers(4)
            let match = SandboxMatch(operation: "deleteCustomerData", identifier: "customer-2")
            await house.sandbox.install(SandboxFault(.hang, match: match, count: 1))
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'customer-1'), ('erasure', 'customer-2')"
            )
            async let run = house.dsr("run")
            _ = try await house.sandbox.waitForRequest(matching: match)
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'customer-3')"
            )
            await house.sandbox.clearFaults()
            try await run.expect(1)
            #expect(
                try await house.texts("select waiting_for as t from dsr.subject_requests where id = 3") == ["brake"]
            )
            #expect(await house.sandbox.hasProfile("customer-3"))
        }
    }
}
