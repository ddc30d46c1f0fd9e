import ArgumentParser
import Foundation
import Processor
import Store
import SubjectRequests

extension RequestsCommand {
    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a person's data against erasures (Art. 17(3) GDPR).",
            discussion: """
                From now on no call that erases the person is sent, whichever request asks for it; what the person wants to \
                see is answered all the same. The person is stored as a keyed digest only, so the subject key must be \
                configured. The same ground and rule again set the day of review.
                """
        )

        @Option(
            help: ArgumentHelp(
                "The customer's integrationId, or - to read it from standard input.",
                valueName: "integration-id"
            )
        )
        var subject: String?
        @Option(help: "The number of a request of the person's, instead of --subject.")
        var request: Int64?
        @Option(
            help: """
                The letter of Art. 17(3): a (expression and information), b (legal obligation or public task), \
                c (public health), d (archiving, research, statistics), e (legal claims).
                """
        )
        var ground: LegalHold.Ground
        @Option(help: ArgumentHelp("The rule it rests on, as in 'section 147 AO'.", valueName: "rule"))
        var law: String
        @Option(help: ArgumentHelp("The day on which somebody looks at it again.", valueName: "YYYY-MM-DD"))
        var reviewOn: DayArgument
        @Option(
            help: ArgumentHelp(
                "Its last day, where the law gives one. Default: until released.",
                valueName: "YYYY-MM-DD"
            )
        )
        var expiresOn: DayArgument?
        @OptionGroup var justification: JustificationOptions
        @Flag(help: "Print the result as JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard (subject == nil) != (request == nil) else {
                throw ValidationError("Give the person by --subject, or by --request.")
            }
            guard (1...200).contains(law.count) else {
                throw ValidationError("--law is a rule's name of up to 200 characters")
            }
        }

        func run() async throws {
            let configuration = try await options.load()
            let settings = try configuration.processor(actor: Actor.current)
            guard let key = settings.subjectKey else { throw Failure.noSubjectKey }
            let today = CivilDate(Date(), in: settings.admission.deadlines.zone)
            guard reviewOn.day > today, expiresOn.map({ $0.day >= today }) ?? true else {
                throw Failure(.usage, "--review-on lies in the future, and --expires-on not in the past")
            }
            let given = try subject.map(SubjectArgument.read)
            let placed = try await configuration.withStore { store in
                guard let person = try await given.orElse({ try await store.subject(of: request ?? 0) }) else {
                    throw Failure(.usage, "there is no request \(request ?? 0) that still holds a person")
                }
                guard person.value.count < 4 || !law.localizedCaseInsensitiveContains(person.value) else {
                    throw Failure(.usage, "--law contains the integrationId; name the rule, and not the person")
                }
                return try await store.placeHold(
                    LegalHold(
                        ground: ground,
                        sourceOfLaw: law,
                        reviewOn: reviewOn.day,
                        expiresOn: expiresOn?.day
                    ),
                    on: person,
                    digest: key.digest(of: person),
                    keyID: key.id,
                    because: try justification.read(about: person),
                    by: settings.person
                )
            }
            try report(placed)
        }

        private func report(_ placed: Store.PlacedHold) throws {
            func list(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }
            if json {
                Terminal.out(
                    #"{"hold":\#(placed.id),"was_there":\#(placed.wasThere),"held_back":[\#(list(placed.heldBack))],"#
                        + #""stopped":[\#(list(placed.stopped))],"too_late":[\#(list(placed.tooLate))]}"#
                )
            } else {
                Terminal.out("Hold \(placed.id) is \(placed.wasThere ? "in force as before" : "placed").")
                if !placed.heldBack.isEmpty { Terminal.out("Held back: request \(list(placed.heldBack)).") }
                if !placed.stopped.isEmpty {
                    Terminal.out("In work, and stopped before its call is sent: request \(list(placed.stopped)).")
                }
            }
            guard placed.tooLate.isEmpty else {
                throw Failure(
                    .needsAction,
                    "hold \(placed.id) is in force, but the erasure of request \(list(placed.tooLate)) was being sent when "
                        + "it came"
                )
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Release a legal hold. What it alone held back goes on by itself."
        )

        @Argument(help: "The hold's number; 'dsr requests holds' lists them.")
        var hold: Int64
        @OptionGroup var justification: JustificationOptions
        @Flag(help: "Print the result as JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let justification = try justification.read()
            let configuration = try await options.load()
            let settings = try configuration.processor(actor: Actor.current)
            let result = try await configuration.withStore { store in
                try await store.releaseHold(hold, because: justification, by: settings.person)
            }
            guard let result else { throw Failure(.usage, "there is no hold \(hold)") }
            if json {
                Terminal.out(#"{"hold":\#(hold),"changed":\#(!result.wasReleased),"ready":\#(result.ready)}"#)
            } else if result.wasReleased {
                Terminal.out("Hold \(hold): It was released before.")
            } else {
                Terminal.out("Hold \(hold) is released; \(result.ready) requests are ready now.")
            }
        }
    }

    struct Holds: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List legal holds. Never shows the person.")

        @Flag(help: "Those that are released or expired, too.")
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
                        hold.hold.reviewOn.description, hold.hold.expiresOn?.description ?? "-", hold.standing,
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

    init(_ stored: Store.StoredHold) {
        hold = stored.id
        ground = stored.hold.ground.rawValue
        law = stored.hold.sourceOfLaw
        placedBy = stored.placedBy
        placedAt = stored.placedAt
        reviewOn = stored.hold.reviewOn
        expiresOn = stored.hold.expiresOn
        releasedAt = stored.releasedAt
        state = stored.standing
        heldBack = stored.heldBack
    }
}

extension Store.StoredHold {
    fileprivate var standing: String {
        if releasedAt != nil { return "released" }
        if isExpired { return "expired" }
        return isDueForReview ? "to be reviewed" : "in force"
    }
}

extension Optional {
    /// The value, or what a call finds instead.
    fileprivate func orElse(_ other: () async throws -> Wrapped?) async rethrows -> Wrapped? {
        if let self { return self }
        return try await other()
    }
}
