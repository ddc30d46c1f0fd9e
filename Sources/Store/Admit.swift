public import Foundation
import Postgres
public import SubjectRequests

/// A new row and the verdict of admission on it.
public struct AdmittedRequest: Sendable {
    let id: Int64
    let deadline: Deadline?
    let needs: GateNeeds
    let refusal: InvalidRequest?
    let salt: Data
    let digest: Data?
    let replayDigest: Data?

    /// - Parameters:
    ///   - salt: 32 fresh random bytes, for the commitment to the subject in the evidence log.
    ///   - digest: HMAC-SHA256 of the identifier, where there is a subject key.
    ///   - replayDigest: The same under the key of the erasure that the row repeats, where that key is known.
    public init(
        _ verdict: Admission.Verdict,
        on request: NewRequest,
        salt: Data,
        digest: Data? = nil,
        replayDigest: Data? = nil
    ) {
        self.id = request.id
        self.salt = salt
        self.digest = digest
        self.replayDigest = replayDigest
        switch verdict {
        case .admitted(_, let deadline, let needs):
            self.deadline = deadline
            self.needs = needs
            self.refusal = nil
        case .refused(let refusal):
            self.deadline = nil
            self.needs = GateNeeds()
            self.refusal = refusal
        }
    }
}

/// Counts of rows that became ready, that wait, and that were refused at their admission.
public struct AdmissionCounts: Sendable, Hashable {
    /// Rows by the state they moved to.
    public var ready: Int, waiting: Int, refused: Int

    /// Counts.
    public init(ready: Int = 0, waiting: Int = 0, refused: Int = 0) {
        self.ready = ready
        self.waiting = waiting
        self.refused = refused
    }
}

extension Store {
    /// New rows after a number, in the order of their arrival.
    public func newRequests(after id: Int64, only: Int64? = nil, limit: Int) async throws -> [NewRequest] {
        try await rows(AdmissionStatements.new, [id, limit, only]) { row in
            let isReadable = try row.decode("is_readable", as: Bool.self)
            return NewRequest(
                id: try row.decode("id"),
                kind: try row.decode("kind", as: String?.self) ?? "",
                integrationID: try row.decode("integration_id", as: String?.self) ?? "",
                receivedAt: try row.decode("received_at"),
                changes: try row.decode("changes"),
                channel: try row.decode("channel"),
                replayKeyID: try row.decode("replay_key_id"),
                problem: isReadable
                    ? nil : InvalidRequest("the row has values that are larger than any that can be inserted")
            )
        }
    }

    /// Stores a batch of verdicts in one commit: deadlines, commitments, gates and log entries.
    ///
    /// - Parameter keyID: The key that the digests were made with.
    public func admit(
        _ batch: [AdmittedRequest],
        keyID: Data? = nil,
        by author: Author
    ) async throws -> AdmissionCounts {
        try await row(
            AdmissionStatements.admit,
            author.parameters + [keyID] + AdmissionStatements.verdicts.parameters(batch)
        ) { row in
            AdmissionCounts(
                ready: try row.decode("ready"),
                waiting: try row.decode("waiting"),
                refused: try row.decode("refused")
            )
        }
    }

    /// The number of rows of a batch that a run has refused already: what was sent before a connection broke may have
    /// been committed without an answer.
    public func refused(among batch: [AdmittedRequest], by run: Int64) async throws -> Int {
        try await row(AdmissionStatements.refused, [batch.map(\.id), run]) { row in try row.decode("count") }
    }
}

extension Deadline {
    /// The deadline with its steps, as it is stored.
    var json: PostgresJSON? { try? PostgresJSON(encoding: self) }

    /// The deadline as it was stored; `nil` where the text is not one.
    init?(_ json: PostgresJSON) {
        guard let deadline = try? JSONDecoder().decode(Deadline.self, from: Data(json.text.utf8)) else { return nil }
        self = deadline
    }
}

private enum AdmissionStatements {
    static let new = Statement(
        "read new requests",
        // The rules of the table keep large values out. A row that got past them is not read, so that it costs nothing.
        """
        select n.id, r.is_readable,
               case when r.is_readable then n.kind end as kind,
               case when r.is_readable then n.integration_id end as integration_id,
               case when isfinite(n.received_at) then n.received_at else n.inserted_at end as received_at,
               case when r.is_readable then n.changes::text end as changes,
               case when r.is_readable then n.channel end as channel,
               (select o.subject_key_id from dsr.subject_requests o where o.id = n.replay_of) as replay_key_id
        from dsr.subject_requests n, lateral (
            select octet_length(n.kind) <= 100 and octet_length(n.integration_id) <= 4000
                   and coalesce(octet_length(n.changes::text) <= 65536, true)
                   and coalesce(octet_length(n.channel) <= 800, true) and isfinite(n.received_at) as is_readable
        ) r
        where n.state = 'pending' and n.admitted_at is null and n.id > $1
          and ($3::bigint is null or n.id = $3)
        order by n.id
        limit $2
        """
    )

    static let refused = Statement(
        "count refused requests",
        """
        select count(*) as count from dsr.subject_requests
        where id = any($1::bigint[]) and state = 'refused' and run_id = $2 and refusal_ground is null
        """
    )

    static let verdicts = ParameterTable<AdmittedRequest>(
        from: 4,
        [
            .init("id", "bigint") { $0.id },
            .init("answer_by", "date") { $0.deadline?.answerBy },
            .init("notice_by", "date") { $0.deadline?.noticeBy },
            .init("latest_lawful", "date") { $0.deadline?.latestLawful },
            .init("deadline", "json") { $0.deadline?.json },
            .init("time_zone", "text") { $0.deadline?.timeZone },
            .init("identity", "bool") { $0.needs.identity },
            .init("approval", "bool") { $0.needs.approval },
            .init("not_erased_before", "date") { $0.needs.notErasedBefore },
            .init("refusal", "text") { $0.refusal?.reason },
            .init("salt", "bytea") { $0.salt },
            .init("digest", "bytea") { $0.digest },
            .init("replay_digest", "bytea") { $0.replayDigest },
        ]
    )

    static let admit = Statement(
        "admit requests",
        "select * from dsr.admit($1::bigint, $2::json, $3::bytea, \(verdicts.array(of: "dsr.verdict")))"
    )
}
