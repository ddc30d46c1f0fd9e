import ExactJSON
public import Foundation
import Store

/// The fields of a log entry that the audit reads.
public struct LeafFields: Decodable, Sendable {
    /// The version of the format, 1.
    public let v: Int
    /// The entry's index in the log.
    public let index: Int64
    /// The time of writing, RFC 3339, UTC.
    public let time: String
    /// What happened.
    public let event: String
    /// The request, its right, and the claim's number.
    public let request: Int64?, right: String?, claim: Int?
    /// The request's new state, and its outcome.
    public let state: String?, outcome: String?
    /// The action that was announced.
    public let action: String?
    /// Of a purge: payloads of entries before this index were dropped.
    public let before: Int64?

    /// Parses the payload of a log entry.
    ///
    /// - Returns: `nil` if the bytes are not a log entry.
    public init?(_ payload: Data) {
        guard let fields = try? JSONDecoder().decode(LeafFields.self, from: payload) else { return nil }
        self = fields
    }
}

extension LeafFields {
    /// The members that the log itself adds to an entry.
    static let ownMembers: Set = ["v", "index", "time", "run", "environment", "version", "actor", "role"]

    /// The members that the function `dsr.refuse_members` lets an entry have.
    static let givenMembers: Set = [
        "event", "request", "right", "received_at", "answer_by", "claim", "action", "state", "outcome", "waiting_for",
        "method", "ground", "cause", "asked_on", "answered_on", "told_on", "hold", "review_on", "digest", "attributes",
        "found", "calls", "remains", "reports", "before", "count", "with", "needs", "ended", "reason", "ticket", "log",
        "subject",
    ]

    /// What is wrong with the members of an entry, to complete "log entry 7 …"; `nil` where nothing is. Of a member that
    /// comes twice, readers take different ones.
    static func problem(of payload: Data) -> String? {
        guard let entry = try? RawJSON.parse(payload) else { return "is not JSON" }
        let names = entry.members.map(\.name)
        guard Set(names).count == names.count else { return "has a member twice" }
        return Set(names).isSubset(of: ownMembers.union(givenMembers)) ? nil : "has a member that no entry has"
    }

    /// The columns of the entry's row that do not have what the entry contains. Statements look entries up by them, so a
    /// row that was changed would mislead them although the entry's bytes are right.
    func mismatches(with leaf: AuditedLeaf) -> [String] {
        [
            ("event", event == leaf.event), ("request", request == leaf.request), ("claim", claim == leaf.claim),
            ("action", action == leaf.action), ("state", state == leaf.state), ("outcome", outcome == leaf.outcome),
            ("time", isWritten(at: leaf.writtenAt)),
        ].compactMap { column, matches in matches ? nil : column }
    }

    /// Entries state microseconds, which is as fine as Postgres stores.
    private func isWritten(at instant: Date) -> Bool {
        let parts = time.dropLast().split(separator: ".")
        guard parts.count == 2, parts[1].count == 6, let fraction = Int(parts[1]),
            let seconds = try? Date("\(parts[0])Z", strategy: .iso8601)
        else { return false }
        let stated = Int(seconds.timeIntervalSince1970) * 1_000_000 + fraction
        return stated == Int((instant.timeIntervalSince1970 * 1_000_000).rounded())
    }
}
