import ArgumentParser
import Foundation
import Store
import SubjectRequests

extension RequestsCommand {
    struct Holds: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List legal holds. Never shows the customer.",
            discussion: """
                Examples:
                  dsr requests holds --all
                """
        )

        @Flag(help: "Include released and expired holds.")
        var all = false
        @OptionGroup var list: ListOptions
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let holds = try await options.load().withStore { store in
                try await store.holds(after: list.after, includingOver: all, limit: list.limit)
            }
            try list.print(
                holds,
                headings: ["hold", "ground", "law", "placed by", "review on", "expires on", "state", "holds back"],
                row: { hold in
                    [
                        String(hold.id), "Art. 17(3)(\(hold.hold.ground.rawValue))", hold.hold.sourceOfLaw,
                        hold.placedBy,
                        hold.hold.reviewOn.description, hold.hold.expiresOn?.description ?? "-", hold.status,
                        String(hold.heldBack),
                    ]
                },
                object: HoldJSON.init
            )
        }
    }
}

/// A hold for programs.
private struct HoldJSON: Encodable {
    let hold: Int64, ground: String, law: String, placedBy: String, placedAt: Date
    let reviewOn: CivilDate, expiresOn: CivilDate?, releasedAt: Date?
    let state: String, heldBack: Int

    init(_ stored: StoredHold) {
        hold = stored.id
        ground = stored.hold.ground.rawValue
        law = stored.hold.sourceOfLaw
        placedBy = stored.placedBy
        placedAt = stored.placedAt
        reviewOn = stored.hold.reviewOn
        expiresOn = stored.hold.expiresOn
        releasedAt = stored.releasedAt
        state = stored.status
        heldBack = stored.heldBack
    }
}

extension StoredHold {
    fileprivate var status: String {
        if releasedAt != nil { return "released" }
        if isExpired { return "expired" }
        return isDueForReview ? "due for review" : "in force"
    }
}
