import Foundation
import Store
import SubjectRequests

/// One request, laid out for a person.
struct RequestText {
    let request: RequestSummary
    let documents: [DocumentSummary]
    let leaves: [Leaf]

    init(_ request: RequestSummary, _ documents: [DocumentSummary], _ leaves: [Leaf]) {
        self.request = request
        self.documents = documents
        self.leaves = leaves
    }

    func print() {
        let fields: [(String, String?)] = [
            ("request", String(request.id)), ("right", request.kind),
            ("state", request.state + (request.waitingFor.map { ", for \($0)" } ?? "")),
            ("outcome", request.outcome), ("reason", request.reason),
            ("received", request.receivedAt.formatted(.iso8601)), ("answer by", request.answerBy?.description),
            ("not before", request.notBefore?.formatted(.iso8601)),
            ("finished", request.finishedAt?.formatted(.iso8601)), ("ticket", request.ticket),
            ("channel", request.channel), ("requested by", request.requestedBy),
            ("claims", String(request.claimNumber)), ("failures", String(request.failures)),
            ("last run", request.run.map(String.init)),
            ("person", request.hasSubject ? "held in the row, not shown" : "no longer held"),
        ]
        for case (let name, let value?) in fields {
            Terminal.out(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value)
        }
        if !documents.isEmpty {
            Terminal.out("documents")
            for document in documents {
                let whereabouts = document.deliveredAt.map { "delivered \($0.formatted(.iso8601))" } ?? "not delivered"
                Terminal.out(
                    "  \(document.fileName), \(document.byteCount) bytes, \(whereabouts)"
                        + (document.hasContent ? "" : ", content dropped")
                )
            }
        }
        if !leaves.isEmpty {
            Terminal.out("evidence")
            for leaf in leaves { Terminal.out("  " + String(decoding: leaf.payload, as: UTF8.self)) }
        }
    }
}

/// One request for programs. Keys in snake case, instants in ISO 8601, UTC.
struct RequestJSON: Encodable {
    struct Document: Encodable {
        let fileName: String, mediaType: String, byteCount: Int64, sha256: String
        let deliveredAt: Date?
        let hasContent: Bool
    }

    struct Evidence: Encodable {
        let index: Int64, leafHash: String, payload: String
    }

    let request: Int64, right: String, state: String
    let waitingFor: String?, outcome: String?, reason: String?, ticket: String?
    let receivedAt: Date, finishedAt: Date?, notBefore: Date?
    let answerBy: String?
    let claims: Int, failures: Int
    let run: Int64?
    let subjectCommitment: String?
    let holdsSubject: Bool
    let documents: [Document]?
    let evidence: [Evidence]?

    init(_ request: RequestSummary, documents: [DocumentSummary]? = nil, leaves: [Leaf]? = nil) {
        self.request = request.id
        self.right = request.kind
        self.state = request.state
        self.waitingFor = request.waitingFor
        self.outcome = request.outcome
        self.reason = request.reason
        self.ticket = request.ticket
        self.receivedAt = request.receivedAt
        self.finishedAt = request.finishedAt
        self.notBefore = request.notBefore
        self.answerBy = request.answerBy?.description
        self.claims = request.claimNumber
        self.failures = request.failures
        self.run = request.run
        self.subjectCommitment = request.commitment?.hexadecimal
        self.holdsSubject = request.hasSubject
        self.documents = documents?.map { document in
            Document(
                fileName: document.fileName,
                mediaType: document.mediaType,
                byteCount: document.byteCount,
                sha256: document.sha256.hexadecimal,
                deliveredAt: document.deliveredAt,
                hasContent: document.hasContent
            )
        }
        self.evidence = leaves?.map { leaf in
            Evidence(
                index: leaf.index,
                leafHash: leaf.hash.hexadecimal,
                payload: String(decoding: leaf.payload, as: UTF8.self)
            )
        }
    }

    static func encoder(pretty: Bool) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting =
            pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.withoutEscapingSlashes]
        return encoder
    }
}

extension Data {
    /// Lower-case hexadecimal digits.
    var hexadecimal: String {
        map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }
}
