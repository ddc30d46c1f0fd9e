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
        try await row(
            HoldStatements.place,
            [
                subject.value, digest, keyID, hold.ground.rawValue, hold.sourceOfLaw, hold.reviewOn, hold.expiresOn,
                justification.reason, justification.ticket, author.facts,
            ]
        ) { row in
            let erasures = try row.decode("erasures", as: [Int64]?.self) ?? []
            let progress = try row.decode("progress", as: [String]?.self) ?? []
            func requests(_ wanted: String) -> [Int64] { zip(erasures, progress).filter { $1 == wanted }.map(\.0) }
            return PlacedHold(
                id: try row.decode("hold"),
                existed: try row.decode("existed"),
                heldBack: requests("open"),
                stopped: requests("claimed"),
                tooLate: requests("announced")
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
        try await rows(
            HoldStatements.release,
            [id, justification.reason, justification.ticket, author.facts]
        ) { row in
            (wasReleased: try row.decode("was_released", as: Bool.self), ready: try row.decode("ready", as: Int.self))
        }.first
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
