import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Customers whom Talon.One does not know")
struct UnknownCustomerTests {
    private static let brakeOn = ["DSR_BRAKE_UNKNOWN_PERCENT": "50"]

    @Test("a first run in which all customers are unknown tells nobody so, and keeps the identifiers")
    func firstRun() async throws {
        try await TestEnvironment.with(environment: Self.brakeOn) { env in
            try await env.submit(.access, customers: 1...20)
            try await env.submit(.erasure, customers: 21...40)
            let run = try await env.dsr("run").expect(1)
            #expect(run.err.contains("Brake on unknown customers: on, more than 50 % of a run, and more than 5"))
            #expect(run.err.contains("answers that there is no data are held back"))
            #expect(run.err.contains("has not known any customer of this queue yet"))
            #expect(run.err.contains("dsr run --allow-unknown TICKET"))
            #expect(run.out.contains("waiting for unknown_customers"))
            #expect(run.out.contains("40 requests: unknown_customers: "))
            #expect(run.out.contains("the sums agree"))
            #expect(try await env.requests("waiting_for = 'unknown_customers' and integration_id is not null") == 40)
            #expect(try await env.count("select count(*) from dsr.reports where request_id is not null") == 0)
            #expect(try await env.dsr("requests", "show", "1").expect(0).out.contains("unknown_customers, closed"))
            #expect(try await env.dsr("requests", "list", "--needs-action").expect(0).out.contains("unknown_customers"))

            // The key is right now: the next run answers without a ticket.
            try await env.makeCustomers(40)
            try await env.dsr("run").expect(0)
            #expect(try await env.requests("outcome = 'exported'") == 20)
            #expect(try await env.requests("outcome in ('erased', 'record_remains')") == 20)
        }
    }

    @Test("a ticket allows the answers, and stays in the evidence")
    func allowed() async throws {
        try await TestEnvironment.with(environment: Self.brakeOn) { env in
            try await env.submit([(.access, "a"), (.portability, "b"), (.rectification, "c"), (.erasure, "d")])
            try await env.dsr("run").expect(1)
            try await env.dsr("run").expect(1)
            try await env.dsr("run", "--allow-unknown", "no ticket").expect(64)
            #expect(try await env.requests("waiting_for = 'unknown_customers'") == 4)
            let allowed = try await env.dsr("run", "--allow-unknown", "T-1").expect(0)
            #expect(allowed.err.contains("switched off for this run by --allow-unknown"))
            #expect(try await env.requests("outcome = 'no_data'") == 4)
            let events = try await env.texts(
                """
                select event || coalesce(' ' || (convert_from(payload, 'UTF8')::json ->> 'ticket'), '') as t
                from dsr.evidence_leaves join dsr.evidence_payloads using (index)
                where event like 'unknown%' order by index
                """
            )
            #expect(events == ["unknown_held", "unknown_held", "unknown_allowed T-1"])
        }
    }

    @Test("where most customers of a run are unknown, only the known ones are answered; the others wait for a ticket")
    func share() async throws {
        try await TestEnvironment.with(environment: Self.brakeOn) { env in
            try await env.makeCustomers(3)
            try await env.submit(.access, customers: 1...12)
            #expect(
                try await env.dsr("run").expect(1).err.contains(
                    "Talon.One did not know 9 of 12 customers, and more than 50 % of a run are unusual"
                )
            )
            #expect(try await env.requests("outcome = 'exported'") == 3)
            #expect(try await env.requests("waiting_for = 'unknown_customers'") == 9)
        }
    }

    @Test("the key of another account is noticed in quiet nights too: after too many unknown customers in a row")
    func inARow() async throws {
        try await TestEnvironment.with(environment: Self.brakeOn) { env in
            try await env.makeCustomers(1)
            try await env.submit(.access, customers: 1...2)
            try await env.dsr("run").expect(0)
            for number in 1...5 {
                try await env.submit(.access, "unknown-\(number)")
                try await env.dsr("run").expect(0)
            }
            try await env.submit(.access, "unknown-6")
            #expect(try await env.dsr("run").expect(1).err.contains("did not know the last 6 customers"))
            #expect(try await env.requests("waiting_for = 'unknown_customers'") == 1)
        }
    }

    @Test("a request that is held back can be withdrawn and refused, and is answered before an erasure that follows it")
    func decisions() async throws {
        try await TestEnvironment.with(environment: Self.brakeOn) { env in
            try await env.submit((.access, "a"), (.erasure, "a"), (.access, "b"), (.access, "c"))
            try await env.dsr("run").expect(1)
            #expect(
                try await env.waitingFor() == [
                    "unknown_customers", "older_request", "unknown_customers", "unknown_customers",
                ]
            )
            try await env.dsr("requests", "cancel", "3", "--ticket", "T-1").expect(0)
            try await env.dsr("requests", "refuse", "4", "--ground", "art12_6", "--ticket", "T-1", "--yes").expect(0)
            try await env.dsr("run", "--allow-unknown", "T-1").expect(1)
            #expect(try await env.ending(of: 1) == "completed no_data")
            #expect(try await env.ending(of: 2) == "completed no_data")
            #expect(try await env.ending(of: 3).hasPrefix("cancelled"))
        }
    }

    @Test("the identifier is kept for the days that the letter states, and then deleted with the salt")
    func grace() async throws {
        try await TestEnvironment.with(environment: ["DSR_NO_DATA_KEEP_DAYS": "12"]) { env in
            try await env.submit((.access, "canary-a"), (.erasure, "canary-b"), (.portability, "canary-c"))
            try await env.dsr("run").expect(0)
            for name in ["request-1-letter.html", "request-2-confirmation.html", "request-3-letter.html"] {
                let letter = String(decoding: try #require(env.file(name)), as: UTF8.self)
                #expect(
                    letter.contains("our identifier") && letter.contains("for 12 days, so that we can repeat"),
                    "\(name)"
                )
            }
            #expect(
                try await env.requests("integration_id is not null and forget_at > now() + interval '11 days'") == 3
            )
            try await env.sql("update dsr.subject_requests set forget_at = now() where id <> 3")
            try await env.dsr("run").expect(0)
            #expect(try await env.requests("integration_id is not null") == 1)
            #expect(try await env.count("select count(*) from dsr.request_salts") == 1)
            #expect(try await env.events(of: 2).suffix(1) == ["forgotten"])
            try await env.dsr("run", setting: ["DSR_NO_DATA_KEEP_DAYS": "0"]).expect(78)
        }
    }

    @Test(
        "an operator who erases one customer is told at once, and what the run of the whole queue holds back stays held back"
    )
    func oneCustomer() async throws {
        try await TestEnvironment.with(environment: Self.brakeOn) { env in
            try await env.submit(.access, "a")
            try await env.dsr("run").expect(1)
            let events = try await env.events(of: 1)
            try await env.makeCustomer("somebody")
            try await env.dsr("export", "somebody", "--output", env.folder + "/x").expect(0)
            let erased = try await env.dsr("erase", "nobody", "--ticket", "T-1", "--yes").expect(0)
            #expect(erased.out.contains("no_data"))
            #expect(try await env.waitingFor()[0] == "unknown_customers")
            #expect(try await env.events(of: 1) == events)
        }
    }
}
