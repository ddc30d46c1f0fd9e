public import Foundation
import Postgres
public import SubjectRequests

/// A legal hold as it is stored.
public struct StoredHold: Sendable {
    /// Its number.
    public let id: Int64
    /// The hold.
    public let hold: LegalHold
    /// The operator who placed it, and when.
    public let placedBy: String, placedAt: Date
    /// When it was released.
    public let releasedAt: Date?
    /// Whether its last day is over, and whether its review date has come.
    public let isExpired: Bool, isDueForReview: Bool
    /// Open erasures that it holds back.
    public let heldBack: Int
}

/// The result of placing a hold.
public struct PlacedHold: Sendable, Hashable {
    /// Its number.
    public let id: Int64
    /// Whether there was a hold of that ground and rule before; only its review date was set then.
    public let existed: Bool
    /// Open erasures of the customer that wait now.
    public let heldBack: [Int64]
    /// Erasures that a run processes now and has not sent yet: they will not be sent.
    public let stopped: [Int64]
    /// Erasures whose deletion was announced before the hold was placed: it may have been carried out.
    public let tooLate: [Int64]
}

extension Store {
    /// The number of requests that know a customer: by identifier or by one of these digests, without those that were
    /// answered "no data".
    public func requests(knowing subject: SubjectID, digests: [Data]) async throws -> Int {
        try await row(HoldStatements.knowing, [subject.value, digests]) { row in try row.decode("count") }
    }

    /// Places a hold on a customer. After its commit no deletion of the customer's data is announced.
    ///
    /// - Parameters:
    ///   - digest: The customer's digest, and the key it was made with.
    public func placeHold(
        _ hold: LegalHold,
        on subject: SubjectID,
        digest: Data,
        keyID: Data,
        because justification: Justification,
        by author: Author.Operator
    ) async throws -> PlacedHold {
        try await transaction { connection in
            try connection.query(AdvisoryLock.gates.take)
            let before = try connection.query(
                HoldStatements.find,
                digest,
                hold.ground.rawValue,
                hold.sourceOfLaw,
                hold.expiresOn
            ).first
            let id: Int64
            var reviewedBefore: CivilDate?
            if let before {
                id = try before.decode("id")
                reviewedBefore = try before.decode("review_on")
                try connection.query(HoldStatements.review, id, hold.reviewOn)
            } else {
                let new = NewHold(hold: hold, digest: digest, keyID: keyID, placedBy: author.name)
                id = try connection.query(HoldStatements.place, parameters: HoldStatements.hold.parameters([new]))[0]
                    .decode("id")
            }
            if reviewedBefore != hold.reviewOn {
                let event = before == nil ? "held" : "reviewed"
                try connection.remember(event, of: .hold(id), justification, by: author)
                try connection.log(event, hold: id, hold.ground, hold.reviewOn, justification, by: author)
            }
            let open = try connection.query(HoldStatements.requests, subject.value, digest, keyID).map { row in
                (id: try row.decode("id", as: Int64.self), progress: try row.decode("progress", as: String.self))
            }
            try connection.query(
                GateStatements.some,
                parameters: Author.operator(author).parameters + [false, open.map(\.id)]
            )
            return PlacedHold(
                id: id,
                existed: before != nil,
                heldBack: open.filter { $0.progress == "open" }.map(\.id),
                stopped: open.filter { $0.progress == "claimed" }.map(\.id),
                tooLate: open.filter { $0.progress == "announced" }.map(\.id)
            )
        }
    }

    /// Releases a hold; requests that only this hold held back return to the queue. Idempotent.
    ///
    /// - Returns: Whether it was released before, and the number of requests that are ready now; `nil` where there is no
    ///   such hold.
    public func releaseHold(
        _ id: Int64,
        because justification: Justification,
        by author: Author.Operator
    ) async throws -> (wasReleased: Bool, ready: Int)? {
        try await transaction { connection in
            try connection.query(AdvisoryLock.gates.take)
            guard let row = try connection.query(HoldStatements.lock, id).first else { return nil }
            guard try row.decode("released_at", as: Date?.self) == nil else { return (true, 0) }
            try connection.query(HoldStatements.release, id, author.name)
            try connection.remember("released", of: .hold(id), justification, by: author)
            let ground = try row.decode("ground", as: LegalHold.Ground.self)
            try connection.log("released", hold: id, ground, try row.decode("review_on"), justification, by: author)
            let waiting = try connection.query(HoldStatements.heldBack).map { try $0.decode("id", as: Int64.self) }
            let gates = try GateCounts(
                connection.query(
                    GateStatements.some,
                    parameters: Author.operator(author).parameters + [false, waiting]
                )
            )
            return (false, gates.opened)
        }
    }

    /// Holds after a number, released and expired ones only on request.
    public func holds(after id: Int64, includingOver: Bool, limit: Int) async throws -> [StoredHold] {
        try await rows(HoldStatements.list, [id, includingOver, limit]) { row in
            StoredHold(
                id: try row.decode("id"),
                hold: LegalHold(
                    ground: try row.decode("ground"),
                    sourceOfLaw: try row.decode("source_of_law"),
                    reviewOn: try row.decode("review_on"),
                    expiresOn: try row.decode("expires_on")
                ),
                placedBy: try row.decode("placed_by"),
                placedAt: try row.decode("placed_at"),
                releasedAt: try row.decode("released_at"),
                isExpired: try row.decode("is_expired"),
                isDueForReview: try row.decode("is_due"),
                heldBack: try row.decode("held_back")
            )
        }
    }
}

extension PostgresConnection {
    fileprivate func log(
        _ event: String,
        hold: Int64,
        _ ground: LegalHold.Ground,
        _ reviewOn: CivilDate,
        _ justification: Justification,
        by author: Author.Operator
    ) throws {
        try query(
            HoldStatements.log,
            parameters: Author.operator(author).parameters + [
                event, hold, ground.rawValue, reviewOn, justification.ticket,
            ]
        )
    }
}
