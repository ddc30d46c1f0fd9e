import TalonOneSandbox
import Testing

@Suite struct SessionTests {
    @Test(
        "a session changes from open to closed or cancelled, from closed to cancelled, and never back",
        arguments: [
            (["open", "closed"], 200), (["open", "cancelled"], 200), (["closed", "cancelled"], 200),
            (["open", "open", "closed", "closed"], 200), (["closed", "open"], 400), (["cancelled", "open"], 400),
            (["cancelled", "closed"], 400), (["lost"], 400),
        ]
    )
    func transitions(states: [String], status: Int) async throws {
        try await withSandbox { caller in
            var last = 0
            for state in states {
                last = try await caller.send("PUT", "/v1/customer_sessions/s", #"{"state":"\#(state)"}"#).status
            }
            #expect(last == status)
        }
    }

    @Test("closing a session counts once, cancelling it reverses the sale")
    func totals() async throws {
        try await withSandbox { caller in
            let closed = #"{"profileId":"a","state":"closed","total":260.5,"coupon":"AUTUMN10"}"#
            try await caller.send("PUT", "/v1/customer_sessions/s", closed)
            let reply = try await caller.send("PUT", "/v1/customer_sessions/s", closed)
            #expect(reply["profile.closedSessions"] == "1")
            #expect(reply["profile.totalSales"] == "260.5")
            #expect(reply["coupon.usageCounter"] == "1")
            #expect(reply["loyalty.programs.7.ledger.currentTier.name"] == "Ridge")
            let taken = try await caller.send("PUT", "/v1/customer_sessions/s", #"{"state":"cancelled"}"#)
            #expect(taken["profile.closedSessions"] == "0")
            #expect(taken["loyalty.programs.7.ledger.currentBalance"] == "0")
        }
    }

    @Test("a coupon with a mandatory reservation is redeemed only by a customer who reserved it")
    func mandatoryReservation() async throws {
        try await withSandbox { caller in
            let closed = #"{"profileId":"a","state":"closed","coupon":"TENT-LAUNCH"}"#
            #expect(try await caller.send("PUT", "/v1/customer_sessions/s", closed).status == 400)
            try await caller.send("POST", "/v1/coupon_reservations/TENT-LAUNCH", #"{"integrationIDs":["a"]}"#)
            #expect(try await caller.send("PUT", "/v1/customer_sessions/s", closed).status == 200)
        }
    }

    @Test("sessions, events and reservations create an unknown profile; anonymous sessions create none")
    func implicitCreation() async throws {
        try await withSandbox { caller in
            try await caller.send("PUT", "/v1/customer_sessions/s1", #"{"profileId":"a"}"#)
            try await caller.send(
                "POST",
                "/v1/events",
                #"{"type":"t","attributes":{},"sessionId":"s2","profileId":"b"}"#
            )
            try await caller.send("POST", "/v2/events", #"{"type":"t","profileId":"c"}"#)
            try await caller.send("POST", "/v1/coupon_reservations/AUTUMN10", #"{"integrationIDs":["d"]}"#)
            #expect(await caller.sandbox.profileCount() == 4)
            let anonymous = try await caller.send("PUT", "/v1/customer_sessions/s3", #"{"profileId":""}"#)
            #expect(anonymous.status == 200 && anonymous["profile.integrationId"] == "")
            #expect(await caller.sandbox.profileCount() == 4)
        }
    }

    @Test("an event for an existing session must have the profile of the session")
    func eventMismatch() async throws {
        try await withSandbox { caller in
            try await caller.send("PUT", "/v1/customer_sessions/s", #"{"profileId":"a"}"#)
            let right = #"{"type":"t","attributes":{},"sessionId":"s","profileId":"a"}"#
            #expect(try await caller.send("POST", "/v1/events", right).status == 201)
            let wrong = #"{"type":"t","attributes":{},"sessionId":"s","profileId":"b"}"#
            #expect(try await caller.send("POST", "/v1/events", wrong).status == 400)
            let none = #"{"type":"t","attributes":{},"sessionId":"s"}"#
            #expect(try await caller.send("POST", "/v1/events", none).status == 400)
            #expect(await !caller.sandbox.hasProfile("b"))
        }
    }

    @Test("a version 2 event is answered without a body unless silent=no")
    func silentEvents() async throws {
        try await withSandbox { caller in
            let event = #"{"type":"t","profileId":"a","responseContent":["event"]}"#
            let silent = try await caller.send("POST", "/v2/events", event)
            #expect(silent.status == 204 && silent.headers["content-length"] == nil)
            #expect(try await caller.send("POST", "/v2/events?silent=no", event)["event.type"] == "t")
        }
    }
}
