import Foundation
import Postgres
public import SubjectRequests

extension Store {
    /// Records a group of resolutions in one statement and one commit: state, outcome, documents, log entries, and for
    /// final erasures the deletion of what is kept about the subject.
    ///
    /// - Returns: The requests whose resolution was accepted. A request that is missing is held by another run by now;
    ///   nothing about it was written.
    /// - Throws: ``StoreError`` `.unstorable` where one of the group cannot be stored; nothing was written then.
    public func record(_ resolutions: [Resolution], run: Int64) async throws -> Set<Int64> {
        let documents = resolutions.flatMap { resolution in
            resolution.documents.map { RecordStatements.OwnedDocument(request: resolution.claim.request, $0) }
        }
        let parameters: [any PostgresEncodable] =
            [run] + RecordStatements.resolutions.parameters(resolutions)
            + RecordStatements.documents.parameters(documents)
        let accepted = try await query(RecordStatements.record, parameters)
        return Set(try accepted.map { row in try row.decode("id", as: Int64.self) })
    }

    /// The requests among these resolutions that are recorded already: what was sent before a connection broke may have
    /// been committed without an answer.
    public func recorded(among resolutions: [Resolution]) async throws -> Set<Int64> {
        let claims = RecordStatements.claims.parameters(resolutions.map(\.claim))
        return Set(try await rows(RecordStatements.recorded, claims) { row in try row.decode("id", as: Int64.self) })
    }
}

private enum RecordStatements {
    static let claims = ParameterTable<Claim>(
        from: 1,
        [
            .init("id", "bigint") { $0.request },
            .init("claim_no", "int") { $0.number },
        ]
    )

    static let recorded = Statement(
        "look for recorded results",
        """
        select distinct r.id
        from \(claims.source("r"))
        join dsr.evidence_leaves l on l.request_id = r.id and l.claim_no = r.claim_no
        where l.event in ('recorded', 'returned')
        """
    )

    static let resolutions = ParameterTable<Resolution>(
        from: 2,
        [
            .init("id", "bigint") { $0.claim.request },
            .init("claim_no", "int") { $0.claim.number },
            .init("state", "text") { $0.state.rawValue },
            .init("waiting_for", "text") { $0.waitingFor?.rawValue },
            .init("outcome", "text") { $0.outcome?.rawValue },
            .init("reason", "text") { $0.reason },
            .init("wait_ms", "bigint") { $0.wait?.milliseconds },
            .init("failures", "int") { $0.failures },
            .init("may_have_acted", "bool") { $0.mayHaveActed },
            .init("calls", "int") { $0.calls },
            .init("remains", "json") { PostgresJSON(list: $0.remains) },
            .init("attributes", "json") { PostgresJSON(list: $0.attributes) },
            .init("recheck_ms", "bigint") { $0.recheck?.dueAfter.milliseconds },
            .init("keep_ms", "bigint") { $0.recheck?.keptFor.milliseconds },
            .init("forgets", "bool") { $0.forgetsSubject },
            .init("kept_ms", "bigint") { $0.identifierKeptFor?.milliseconds },
            .init("is_known", "bool") { $0.isKnownCustomer },
        ]
    )

    /// A document and the request that it answers.
    struct OwnedDocument {
        let request: Int64, document: Document

        init(request: Int64, _ document: Document) {
            self.request = request
            self.document = document
        }
    }

    static let documents = ParameterTable<OwnedDocument>(
        from: resolutions.next,
        [
            .init("request_id", "bigint") { $0.request },
            .init("file_name", "text") { $0.document.fileName },
            .init("media_type", "text") { $0.document.mediaType },
            .init("sha256", "bytea") { $0.document.sha256 },
            .init("content", "bytea") { $0.document.content },
        ]
    )

    static let record = Statement(
        "record results",
        """
        select * from dsr.record(
            $1, \(resolutions.array(of: "dsr.resolution")), \(documents.array(of: "dsr.new_document")))
        """
    )
}
