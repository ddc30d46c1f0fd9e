import Crypto
import Foundation
import Store
import SubjectRequests
import Testing

/// A document of a request with some bytes, which the test knows by the end of its name.
func document(_ name: String, of request: Int64, _ content: String = "content") -> Document {
    document("000000-request-\(request)-\(name)", content)
}

/// A document of a run.
func document(ofRun run: Int64, as ending: String) -> Document {
    document("000000-run-\(run).\(ending)", "content")
}

private func document(_ name: String, _ content: String) -> Document {
    Document(
        fileName: name,
        mediaType: "text/plain",
        sha256: Data(SHA256.hash(data: Data(content.utf8))),
        content: Data(content.utf8)
    )
}

@Suite("Record")
struct RecordTests {
    @Test("a result, its documents and its leaf are recorded together")
    func together() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.access, "customer-42", ticket: "HD-1")
        try await database.admit(run)
        let request = try #require(try await database.claim(run).first)
        var result = completion(
            of: request,
            documents: [document("x.json", of: request.id, "{}"), document("x.html", of: request.id)]
        )
        result.calls = 3
        #expect(try await database.store.record([result], run: run) == [id])

        let row = try #require(try await database.store.requests(state: .completed, limit: 1).first)
        #expect(row.outcome == .exported && row.reason == nil && row.finishedAt != nil)
        let entry = try #require(try await database.entries(of: id).last)
        #expect(entry.event == "recorded" && entry.outcome == "exported" && entry.claim == 1 && entry.calls == 3)
        #expect(entry.ticket == "HD-1" && entry.run == run && entry.remains == nil)
        let documents = try await database.store.documents(of: id)
        #expect(
            documents.map(\.fileName) == ["x.json", "x.html"].map { "000000-request-\(request.id)-\($0)" }
                && documents.allSatisfy(\.hasContent)
        )
        #expect(entry.reports?.map(\.name) == ["x.json", "x.html"].map { "000000-request-\(request.id)-\($0)" })
        #expect(entry.reports?.compactMap { Data(hex: $0.sha256) } == documents.map(\.sha256))
        #expect(try await database.store.content(ofDocument: "request-\(request.id)-x.json") == Data("{}".utf8))
        #expect(try await database.store.content(ofDocument: "other") == nil)
        #expect(try await database.store.leaves(of: id).map(\.index) == [0, 1, 2, 3])
    }

    @Test("a result of an older claim changes nothing, leaves no leaf and stores no document")
    func fenced() async throws {
        let database = try await Database.fresh()
        let old = try await database.begin()
        let taken = try await database.ready(.erasure, "customer-1", run: old)
        let kept = try await database.ready(.access, "customer-2", run: old)
        let late = try #require(try await database.claim(only: taken, run: old))
        try await database.lapse(old)
        let new = try await database.begin()
        #expect(try await database.store.rescue(run: new).returned == 1)
        let current = try #require(try await database.claim(only: taken, run: new))
        let other = try #require(try await database.claim(only: kept, run: new))
        let size = try await database.logSize()

        let lateResult = completion(of: late, documents: [document("late.txt", of: late.id)])
        #expect(try await database.store.record([lateResult], run: old) == [])
        #expect(try await database.logSize() == size)
        #expect(try await database.column("state || claim_no || run_id", of: taken) == "running2\(new)")
        #expect(try await database.column("integration_id", of: taken) == "customer-1")
        #expect(try await database.number("select count(*) from dsr.reports") == 0)
        #expect(try await database.number("select count(*) from dsr.request_salts") == 2)

        // In one group with a good one, only the good one counts.
        let group = [lateResult, completion(of: other, documents: [document("good.txt", of: other.id)])]
        #expect(try await database.store.record(group, run: new) == [kept])
        #expect(
            try await database.texts("select file_name from dsr.reports") == ["000000-request-\(other.id)-good.txt"]
        )
        #expect(try await database.store.record([completion(of: current)], run: new) == [taken])
        // Nor does a result count twice.
        #expect(try await database.store.record([completion(of: current)], run: new) == [])
        try await database.expectSoundEvidence()
    }

    @Test(
        "a group with something that cannot be stored is not stored at all",
        arguments: ["name", "nul", "digest"]
    )
    func allOrNothing(flaw: String) async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        for number in 1...3 { try await database.submit(.access, "customer-\(number)") }
        try await database.admit(run)
        let requests = try await database.claim(run)
        let size = try await database.logSize()
        var results = requests.map { completion(of: $0, documents: [document("r.txt", of: $0.id)]) }
        switch flaw {
        case "name":
            results[1] = completion(of: requests[1], documents: [document("r.txt", of: requests[0].id, "secret")])
        case "nul":
            results[1] = requests[1].failed(nil, reason: "secret\u{0}")
        default:
            let secret = Document(fileName: "secret", mediaType: "", sha256: Data([1]), content: Data("secret".utf8))
            results[1] = completion(of: requests[1], documents: [secret])
        }
        let group = results
        let error = try await #require(throws: StoreError.self) { _ = try await database.store.record(group, run: run) }
        #expect(error.code == .unstorable)
        #expect(!"\(error)".contains("secret") && !String(reflecting: error).contains("secret"))
        #expect(try await database.number("select count(*) from dsr.subject_requests where state = 'running'") == 3)
        #expect(try await database.number("select count(*) from dsr.reports") == 0)
        #expect(try await database.logSize() == size)

        // Without that result the same group is stored.
        let recorded = try await database.store.record([results[0], results[2]], run: run)
        #expect(recorded == [requests[0].id, requests[2].id])
        try await database.expectSoundEvidence()
    }

    @Test("a returned request waits as long as it is told, and keeps its failures")
    func back() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.erasure, "customer-42", run: run)
        _ = try await database.claim(run)
        var back = try held(id, .erasure, failures: 1).returned(
            .init(
                setback: .outcomeUnknown,
                reason: "No answer came.",
                wait: .seconds(90),
                countsAsFailure: true
            ),
            mayHaveActed: true
        )
        back.calls = 4
        #expect(try await database.store.record([back], run: run) == [id])
        let wait = try await database.column(
            "not_before - clock_timestamp() between interval '80 seconds' and interval '90 seconds'",
            of: id
        )
        #expect(wait == "true")
        #expect(try await database.claim(run).isEmpty)
        let entry = try await database.entries(of: id).last
        #expect(entry?.event == "returned" && entry?.outcome == "outcome_unknown" && entry?.calls == 4)

        try await database.run("update dsr.subject_requests set not_before = clock_timestamp() - interval '1 second'")
        let again = try #require(try await database.claim(run).first)
        #expect(again.claim.failures == 2 && again.claim.mayHaveActed && again.claim.number == 2)
    }

    @Test("residual data is named in the evidence by kind, and asked changes go when they are answered")
    func residualAndChanges() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let erasure = try await database.ready(.erasure, "customer-1", run: run)
        let rectification = try await database.ready(.rectification, "customer-2", run: run)
        _ = try await database.claim(run)
        _ = try await database.store.record(
            [
                try held(erasure, .erasure).failed(
                    .residualData(["coupons: reserved", "profile: attributes\nand a line break"]),
                    reason: "Something is left."
                ),
                try held(rectification, .rectification).completed(.rectified(attributes: ["Name", "City"])),
            ],
            run: run
        )
        #expect(
            try await database.entries(of: erasure).last?.remains
                == ["coupons: reserved", "profile: attributes\nand a line break"]
        )
        #expect(try await database.entries(of: rectification).last?.attributes == ["Name", "City"])
        #expect(try await database.column("changes", of: rectification) == nil)
        #expect(try await database.store.requests(needingAction: true, limit: 9).map(\.id) == [erasure])
    }

    @Test("an empty group writes nothing")
    func nothing() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        #expect(try await database.store.record([], run: run) == [])
        let unknown = completion(of: try held(4_711), documents: [document("x.txt", of: 4_711)])
        #expect(try await database.store.record([unknown], run: run) == [])
        #expect(try await database.logSize() == 0)
    }
}
