import Foundation
import Store
import SubjectRequests

/// One request, laid out for a person.
struct RequestText {
    let request: RequestSummary
    let detail: RequestDetail
    let documents: [DocumentSummary]
    let leaves: [Leaf]

    init(_ whole: WholeRequest) {
        self.request = whole.summary
        self.detail = whole.detail
        self.documents = whole.documents
        self.leaves = whole.leaves
    }

    func print() {
        for case (let name, let value?) in fields {
            Terminal.out(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value)
        }
        section("deadline", detail.deadline?.sentences ?? [])
        section("gates", gates)
        section("decisions", detail.decisions.map(\.sentence))
        section("documents", documents.map(\.sentence))
        section("evidence", leaves.map { String(decoding: $0.payload, as: UTF8.self) })
    }

    private func section(_ title: String, _ lines: [String]) {
        guard !lines.isEmpty else { return }
        Terminal.out(title)
        for line in lines { Terminal.out("  " + line) }
    }

    private var fields: [(String, String?)] {
        [
            ("request", String(request.id)), ("right", request.kind), ("state", request.standing),
            ("outcome", request.outcome?.rawValue), ("reason", request.reason),
            ("received", request.receivedAt.formatted(.iso8601)), ("answer by", request.answerBy?.description),
            ("latest lawful", request.latestLawful?.description),
            ("not before", request.notBefore?.formatted(.iso8601)),
            ("finished", request.finishedAt?.formatted(.iso8601)), ("ticket", request.ticket),
            ("channel", request.channel), ("requested by", request.requestedBy),
            ("repeats", detail.replayOf.map { "request \($0)" }),
            ("claims", String(request.claimNumber)), ("failures", String(request.failures)),
            ("last run", request.run.map(String.init)),
            ("person", request.hasSubject ? "held in the row, not shown" : "no longer held"),
        ]
    }

    /// What is closed and what opens it; what was closed, and who opened it.
    private var gates: [String] {
        var lines = detail.closedGates.map { "\($0.rawValue), closed: \($0.explanation)" }
        if let method = detail.identityMethod, let checker = detail.identityCheckedBy, let at = detail.identityCheckedAt
        {
            lines.append("identity, open: checked by \(checker), \(at.formatted(.iso8601)), \(method.rawValue).")
        }
        if let approver = detail.approvedBy, let at = detail.approvedAt {
            lines.append(
                "approval, \(detail.isApprovalCurrent ? "open" : "of another content"): by \(approver), "
                    + "\(at.formatted(.iso8601))."
            )
        }
        if let day = detail.notErasedBefore { lines.append("waiting_period: not erased before \(day).") }
        if let ground = detail.refusalGround {
            lines.append(
                "Refused on the ground of \(ground.article); "
                    + (detail.refusalToldOn.map { "the person was told on \($0)." }
                        ?? "the person must be told by \(detail.noticeBy?.description ?? "the end of the first month").")
            )
        }
        return lines
    }
}

extension DecisionNote {
    fileprivate var sentence: String {
        let why = [reason, ticket].compactMap { $0 }.joined(separator: ", ")
        return "\(madeAt.formatted(.iso8601)) \(actor): \(decision)" + (why.isEmpty ? "" : " (\(why))")
    }
}

extension DocumentSummary {
    fileprivate var sentence: String {
        let whereabouts = deliveredAt.map { "delivered \($0.formatted(.iso8601))" } ?? "not delivered"
        return "\(fileName), \(byteCount) bytes, \(whereabouts)" + (hasContent ? "" : ", content dropped")
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

    struct Decided: Encodable {
        let decision: String, actor: String, reason: String?, ticket: String?, madeAt: Date
    }

    /// What `show` says beyond `list`.
    struct Detail: Encodable {
        let deadline: Deadline?, deadlineInWords: [String]?
        let closedGates: [String]
        let needsIdentity: Bool, identityMethod: String?, identityCheckedBy: String?, identityCheckedAt: Date?
        let needsApproval: Bool, approvedBy: String?, approvedAt: Date?, approvalIsCurrent: Bool
        let notErasedBefore: CivilDate?, extensionToldOn: CivilDate?
        let refusalGround: String?, refusalToldOn: CivilDate?, noticeBy: CivilDate?
        let replayOf: Int64?
        let suspensions: [Suspension], decisions: [Decided]

        init(_ detail: RequestDetail) {
            deadline = detail.deadline
            deadlineInWords = detail.deadline?.sentences
            closedGates = detail.closedGates.map(\.rawValue)
            needsIdentity = detail.needsIdentity
            identityMethod = detail.identityMethod?.rawValue
            identityCheckedBy = detail.identityCheckedBy
            identityCheckedAt = detail.identityCheckedAt
            needsApproval = detail.needsApproval
            approvedBy = detail.approvedBy
            approvedAt = detail.approvedAt
            approvalIsCurrent = detail.isApprovalCurrent
            notErasedBefore = detail.notErasedBefore
            extensionToldOn = detail.extensionToldOn
            refusalGround = detail.refusalGround?.rawValue
            refusalToldOn = detail.refusalToldOn
            noticeBy = detail.noticeBy
            replayOf = detail.replayOf
            suspensions = detail.suspensions
            decisions = detail.decisions.map { note in
                Decided(
                    decision: note.decision,
                    actor: note.actor,
                    reason: note.reason,
                    ticket: note.ticket,
                    madeAt: note.madeAt
                )
            }
        }
    }

    let request: Int64, right: String, state: String
    let waitingFor: String?, outcome: String?, reason: String?, ticket: String?
    let receivedAt: Date, finishedAt: Date?, notBefore: Date?
    let answerBy: CivilDate?, latestLawful: CivilDate?
    let claims: Int, failures: Int
    let run: Int64?
    let subjectCommitment: String?
    let holdsSubject: Bool
    let detail: Detail?
    let documents: [Document]?
    let evidence: [Evidence]?

    init(_ request: RequestSummary) {
        self.init(request, detail: nil, documents: nil, leaves: nil)
    }

    init(_ whole: WholeRequest) {
        self.init(whole.summary, detail: whole.detail, documents: whole.documents, leaves: whole.leaves)
    }

    private init(
        _ request: RequestSummary,
        detail: RequestDetail?,
        documents: [DocumentSummary]?,
        leaves: [Leaf]?
    ) {
        self.request = request.id
        self.right = request.kind
        self.state = request.state.rawValue
        self.waitingFor = request.waitingFor?.rawValue
        self.outcome = request.outcome?.rawValue
        self.reason = request.reason
        self.ticket = request.ticket
        self.receivedAt = request.receivedAt
        self.finishedAt = request.finishedAt
        self.notBefore = request.notBefore
        self.answerBy = request.answerBy
        self.latestLawful = request.latestLawful
        self.claims = request.claimNumber
        self.failures = request.failures
        self.run = request.run
        self.subjectCommitment = request.commitment?.hexadecimal
        self.holdsSubject = request.hasSubject
        self.detail = detail.map(Detail.init)
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
