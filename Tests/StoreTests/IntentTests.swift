import Foundation
import SubjectRequests
import Testing

@testable import Store

@Suite("API requests are announced before they are sent")
struct IntentTests {
    @Test("an API request is announced under its claim, with a log entry")
    func announced() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        let request = try #require(try await database.claim(run).first)
        #expect(
            try await database.store.announce([Intent(.deleteCustomerData, under: request.claim)], run: run) == [
                .granted
            ]
        )
        #expect(try await database.events(of: id) == ["received", "admitted", "claimed", "sending"])
        try await database.expectSoundEvidence()
    }

    @Test("a run that has lost the request gets no permission")
    func fenced() async throws {
        let database = try await Database.fresh()
        let crashed = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: crashed)
        let old = try #require(try await database.claim(crashed).first)
        try await database.run("update dsr.runs set lease_until = clock_timestamp() - interval '1 second'")
        let run = try await database.begin()
        #expect(try await database.store.rescue(run: run).returned == 1)
        #expect(
            try await database.store.announce([Intent(.deleteCustomerData, under: old.claim)], run: crashed) == [.lost]
        )
        let new = try #require(try await database.claim(run).first)
        #expect(
            try await database.store.announce([Intent(.deleteCustomerData, under: old.claim)], run: crashed) == [.lost]
        )
        #expect(
            try await database.store.announce([Intent(.deleteCustomerData, under: new.claim)], run: run) == [.granted]
        )
        #expect(try await database.events(of: id).filter { $0 == "sending" }.count == 1)
    }
}
