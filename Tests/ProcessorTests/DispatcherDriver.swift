import Foundation
import Store
import SubjectRequests

@testable import Processor

/// Drives a dispatcher by hand: sends events under conditions, and describes the actions that follow.
struct DispatcherDriver {
    private(set) var dispatcher: Dispatcher
    var conditions: Dispatcher.Conditions
    private let start = ContinuousClock.now

    init(_ plan: Dispatcher.Plan = Dispatcher.Plan()) {
        dispatcher = Dispatcher(plan)
        conditions = Dispatcher.Conditions(now: start)
    }

    /// Sends an event.
    ///
    /// - Returns: The action that follows, in words.
    mutating func send(_ event: Dispatcher.Event) -> String {
        describe(dispatcher.next(event, conditions))
    }

    mutating func letPass(_ duration: Duration) { conditions.now += duration }

    /// Goes through the steps up to the first claim of the first pass.
    mutating func begin() -> String {
        _ = send(.started)
        _ = send(.rescued(.nothing))
        _ = send(.admitted(.init()))
        _ = send(.openedGates(0))
        return send(.tried(nil))
    }

    /// Goes through a pass that finds nothing new, up to the claim of a suspect.
    mutating func passWithoutFinding() -> String {
        _ = send(.admitted(.init()))
        return send(.openedGates(0))
    }

    private func describe(_ action: Dispatcher.Action) -> String {
        switch action {
        case .rescue: "rescue"
        case .admit: "admit"
        case .countErasures: "count erasures"
        case .noteBrake(let due): "note brake \(due)"
        case .tryAPI: "try API"
        case .openGates(let isBraked, let kept):
            "open gates" + (isBraked ? ", braked" : "") + kept.map { ", keeping \($0.rawValue)" }.joined()
        case .noteUnknown(let count): "note unknown \(count)"
        case .claim(let query, _):
            "claim " + (query.onlySuspects ? "suspect" : "\(query.limit)") + (query.isBraked ? ", braked" : "")
        case .begin(let request, let reportsUnknown):
            "begin \(request.id)" + (reportsUnknown ? ", reporting unknown" : "")
        case .record(let resolutions):
            "record \(resolutions.map { "\($0.claim.request) \($0.state)" }.joined(separator: ", "))"
        case .findOtherRuns: "find other runs"
        case .wait(let instant): instant.map { "wait \($0 - conditions.now)" } ?? "wait"
        case .shutDown(let end): "shut down: \(end.sentence)"
        case .cancelWork: "cancel work"
        case .end: "end"
        }
    }
}

extension Rescue {
    static let nothing = Rescue(returned: 0, setAside: 0, holdsLease: true)
}

extension ClaimedGroup {
    static let empty = ClaimedGroup.of([])

    static func of(_ requests: [SubjectRequest], unreadable: [UnreadableRequest] = [], gated: Int = 0) -> ClaimedGroup {
        ClaimedGroup(requests: requests, unreadable: unreadable, gated: gated, cursor: .start, holdsLease: true)
    }

    static func numbers(_ numbers: ClosedRange<Int64>, _ right: Right = .access) throws -> ClaimedGroup {
        .of(try numbers.map { try .number($0, right) })
    }

    static let leaseLost = ClaimedGroup(requests: [], unreadable: [], gated: 0, cursor: .start, holdsLease: false)
}

extension SubjectRequest {
    static func number(_ number: Int64, _ right: Right = .access) throws -> SubjectRequest {
        SubjectRequest(
            claim: Claim(request: number, number: 1),
            right: right,
            subject: try SubjectID("customer-\(number)"),
            receivedAt: Date(timeIntervalSince1970: 0),
            answerBy: .earliest
        )
    }
}

extension Dispatcher.Event {
    /// A request whose customer is unknown.
    static func foundUnknown(_ number: Int64, _ right: Right = .access) throws -> Dispatcher.Event {
        .foundUnknown(try SubjectRequest.number(number, right).completed(.noData([])))
    }

    /// A request that is answered.
    static func resolved(_ number: Int64, _ right: Right = .access) throws -> Dispatcher.Event {
        .resolved(try SubjectRequest.number(number, right).completed(.exported([])), accepted: true)
    }
}
