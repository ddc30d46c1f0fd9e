import Foundation
import Store
import SubjectRequests

/// A request for programs.
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

    /// What `show` adds to `list`.
    struct Detail: Encodable {
        let deadline: Deadline?, deadlineInWords: [String]?
        let closedGates: [String]
        let needsIdentity: Bool, identityMethod: String?, identityCheckedBy: String?, identityCheckedAt: Date?
        let submittedBy: String?, insertedBy: String, approvedWithRole: String?
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
            submittedBy = detail.submittedBy
            insertedBy = detail.insertedBy
            approvedWithRole = detail.approvedWithRole
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
}
