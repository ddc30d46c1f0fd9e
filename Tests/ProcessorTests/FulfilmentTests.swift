import CallPolicy
import Foundation
import SubjectRequests
import Testing

@testable import Processor

@Suite("Fulfilment")
struct FulfilmentTests {
    private let retries = RetryPolicy()

    private func request(_ right: Right = .erasure, failures: Int = 0, mayHaveActed: Bool = false) throws
        -> SubjectRequest
    {
        SubjectRequest(
            claim: Claim(request: 1, number: 1, failures: failures, mayHaveActed: mayHaveActed),
            right: right,
            subject: try SubjectID("customer"),
            receivedAt: Date(timeIntervalSince1970: 0),
            answerBy: .earliest
        )
    }

    @Test(
        "an outage sends a request back and counts against nothing",
        arguments: [
            APIFailure.timedOut, .noConnection, .status(500, retryAfter: nil), .status(503, retryAfter: nil),
            .status(429, retryAfter: nil), .status(408, retryAfter: nil),
        ]
    )
    func outage(_ failure: APIFailure) throws {
        let resolution = retries.resolution(
            of: try request(failures: 4),
            after: failure,
            reason: "r",
            mayHaveActed: false,
            jitter: 1
        )
        #expect(resolution.state == .pending && resolution.failures == 4 && resolution.outcome == nil)
        #expect(resolution.wait == .seconds(960) && !resolution.mayHaveActed)
    }

    @Test("an answer that cannot be read counts, and after five of them the request needs action")
    func trouble() throws {
        let fourth = retries.resolution(
            of: try request(failures: 3),
            after: .unreadable,
            reason: "r",
            mayHaveActed: false
        )
        #expect(fourth.state == .pending && fourth.failures == 4)
        let fifth = retries.resolution(
            of: try request(failures: 4),
            after: .unreadable,
            reason: "r",
            mayHaveActed: false
        )
        #expect(fifth.state == .failed && fifth.outcome == nil && fifth.reason == "r")
    }

    @Test("a refusal of the API needs action at once", arguments: [400, 404, 422])
    func refusal(_ status: Int) throws {
        let failure = APIFailure.status(status, retryAfter: nil)
        let resolution = retries.resolution(of: try request(.access), after: failure, reason: "r", mayHaveActed: false)
        #expect(resolution.state == .failed && resolution.outcome == .refusedByAPI)
    }

    @Test(
        "refused credentials and a shutdown send a request back as it was",
        arguments: [
            APIFailure.status(401, retryAfter: nil), .status(403, retryAfter: nil), .cancelled,
        ]
    )
    func givenBack(_ failure: APIFailure) throws {
        let resolution = retries.resolution(
            of: try request(failures: 2),
            after: failure,
            reason: "r",
            mayHaveActed: false
        )
        #expect(resolution.state == .pending && resolution.failures == 2 && resolution.wait == nil)
    }

    @Test("a deletion that may have been carried out is remembered, whatever failed")
    func mayHaveActed() throws {
        for failure in [APIFailure.timedOut, .unreadable, .cancelled, .status(400, retryAfter: nil)] {
            let resolution = retries.resolution(of: try request(), after: failure, reason: "r", mayHaveActed: true)
            #expect(resolution.mayHaveActed)
        }
        let later = retries.resolution(
            of: try request(mayHaveActed: true),
            after: .timedOut,
            reason: "r",
            mayHaveActed: false
        )
        #expect(later.mayHaveActed && later.outcome == nil)
        let update = retries.resolution(
            of: try request(.rectification),
            after: .timedOut,
            reason: "r",
            mayHaveActed: true
        )
        #expect(!update.mayHaveActed && update.outcome == .outcomeUnknown)
    }

    @Test("an intent that could not be recorded says why, waits, and counts; other withheld changes do not")
    func withheld() throws {
        let notRecorded = retries.resolution(
            of: try request(),
            after: ChangeWithheld.notRecorded("statement \"announce API requests\" failed"),
            mayHaveActed: false,
            jitter: 1
        )
        #expect(notRecorded.wait == .seconds(60) && notRecorded.failures == 1)
        #expect(notRecorded.reason?.contains("announce API requests") == true)
        for withheld in [ChangeWithheld.gateClosed(.approval), .claimLost, .leaseInDoubt] {
            let resolution = retries.resolution(of: try request(), after: withheld, mayHaveActed: true)
            #expect(resolution.state == .pending && resolution.wait == nil && resolution.failures == 0)
            #expect(resolution.mayHaveActed && resolution.outcome == .outcomeUnknown)
        }
    }
}
