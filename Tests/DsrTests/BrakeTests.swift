import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("The brake holds back an unusual number of erasures")
struct BrakeTests {
    @Test("if more erasures are due than one run may carry out, all wait, and a ticket releases them")
    func maximum() async throws {
        try await TestEnvironment.with(environment: ["DSR_BRAKE_MAXIMUM_ERASURES": "3"]) { env in
            try await env.makeCustomers(5)
            try await env.submit(.erasure, customers: 1...4)
            try await env.submit(.access, "customer-5")
            #expect(
                try await env.dsr("run", "--dry-run").expect(0).out.contains(
                    "erasures would be held back: 4 erasures are due"
                )
            )
            let braked = try await env.dsr("run").expect(1)
            #expect(braked.out.contains("waiting for brake"))
            #expect(braked.err.contains("4 erasures are due, and one run carries out at most 3"))
            #expect(braked.err.contains("--allow-spike"))
            #expect(braked.out.contains("the sums agree"))
            #expect(try await env.ending(of: 5) == "completed exported")
            #expect(await env.sandbox.counts().destructive.isEmpty)
            #expect(
                try await env.dsr("requests", "show", "1").expect(0).out.contains(
                    "brake, closed: More erasures are due"
                )
            )
            // The next run holds them back too, and a command for one customer does not touch them.
            try await env.dsr("run").expect(1)
            let untouched = try await env.events(of: 1)
            try await env.dsr("export", "customer-5", "--ticket", "T-9", "--output", "-").expect(0)
            #expect(try await env.events(of: 1) == untouched)
            #expect(await env.sandbox.counts().destructive.isEmpty)

            try await env.dsr("run", "--allow-spike", "no ticket").expect(64)
            try await env.dsr("run", "--allow-spike", "T-1").expect(0)
            #expect(try await env.requests("outcome = 'erased'") == 4)
            let events = try await env.texts(
                """
                select convert_from(payload, 'UTF8')::json ->> 'event' || coalesce(' ' || (convert_from(payload, 'UTF8')::json ->> 'ticket'), '') as t
                from dsr.evidence_payloads where convert_from(payload, 'UTF8')::json ->> 'event' like 'brake%' order by index
                """
            )
            #expect(events == ["braked", "braked", "brake_released T-1"])
        }
    }

    @Test("the floor holds in the first run, which has nothing to compare with")
    func firstRun() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.erasure, customers: 1...51)
            let expected = "51 erasures are due, and one run carries out at most 50 until there are 5 earlier runs"
            #expect(try await env.dsr("run", "--dry-run").expect(0).out.contains(expected))
            #expect(try await env.dsr("run").expect(1).err.contains(expected))
            #expect(try await env.requests("waiting_for = 'brake'") == 51)
            #expect(await env.sandbox.counts().destructive.isEmpty)
            try await env.dsr("run", "--allow-spike", "T-1").expect(0)
            #expect(try await env.requests("outcome = 'no_data'") == 51)
        }
    }

    @Test("a spike above the median of earlier runs is held back")
    func spike() async throws {
        try await TestEnvironment.with(environment: ["DSR_BRAKE_SPIKE_FACTOR": "2", "DSR_BRAKE_SPIKE_FLOOR": "1"]) {
            env in
            try await env.makeCustomers(10)
            for number in 1...5 {
                try await env.submit(.erasure, "customer-\(number)")
                try await env.dsr("run").expect(0)
            }
            try await env.submit(.erasure, customers: 6...8)
            let braked = try await env.dsr("run").expect(1)
            #expect(
                braked.err.contains(
                    "3 erasures are due, and one run carries out at most 2 because the median of earlier runs is 1"
                )
            )
            #expect(try await env.requests("waiting_for = 'brake'") == 3)
            // One is withdrawn, and the number of the others is usual.
            try await env.dsr("requests", "cancel", "6", "--ticket", "T-1").expect(0)
            try await env.dsr("run").expect(0)
            #expect(try await env.requests("outcome = 'erased'") == 7)
        }
    }

    @Test("erasures that arrive during a run count together with those it has carried out")
    func arriving() async throws {
        try await TestEnvironment.with(environment: ["DSR_BRAKE_MAXIMUM_ERASURES": "2"]) { env in
            try await env.makeCustomers(4)
            let match = SandboxMatch(operation: "deleteCustomerData", identifier: "customer-2")
            await env.sandbox.install(SandboxFault(.hang, match: match, count: 1))
            try await env.submit((.erasure, "customer-1"), (.erasure, "customer-2"))
            async let run = env.dsr("run")
            try await env.received(match)
            try await env.submit(.erasure, "customer-3")
            await env.sandbox.clearFaults()
            try await run.expect(1)
            #expect(
                try await env.texts("select waiting_for as t from dsr.subject_requests where id = 3") == ["brake"]
            )
            #expect(await env.sandbox.hasProfile("customer-3"))
        }
    }
}
