import ArgumentParser
import Foundation
import Processor
import Store
import SubjectRequests

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Repeat past erasures after Talon.One was restored from a backup.",
        discussion: """
            dsr keeps keyed digests of erased customers, and not their identifiers. Give a list of identifiers, one per \
            line, for example of all customers of the restored system. Customers who were erased after the backup was \
            made are erased again; all others are skipped. A customer whose record was created after the erasure \
            registered anew and is not erased: the request fails, and needs action. Lines that are not valid identifiers \
            are counted, with their numbers and what is wrong. The command is idempotent. Legal holds apply. Identity \
            checks are not asked for again; where erasures must be approved, the replay is approved once, with \
            'dsr requests approve-replays'.

            Examples:
              dsr replay --since 2026-03-05T10:00:00Z --ids customers.txt --ticket T-1
            """
    )

    @Option(
        help: ArgumentHelp(
            "When the backup was made: erasures that ended later are repeated, for example 2026-03-05T10:00:00Z.",
            valueName: "instant"
        )
    )
    var since: String
    @Option(help: ArgumentHelp("The file of identifiers, one per line, or - for standard input.", valueName: "file"))
    var ids: String
    @Option(help: ArgumentHelp("The ticket of the replay; kept in the evidence.", valueName: "reference"))
    var ticket: String
    @Flag(help: "Only add the erasures to the queue. The next run processes them.")
    var queueOnly = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard let instant = Date(exactly: since), instant <= Date() else {
            throw Failure(.usage, "--since must be an instant in the past, for example 2026-03-05T10:00:00Z")
        }
        try TicketOption.check(ticket)
        let configuration = try await options.load()
        let settings = try configuration.processor(actor: CurrentUser.name)
        let keys = try configuration.subjectKeys()
        guard let key = keys.first else { throw Failure.noSubjectKey }
        _ = try configuration.talonOne()

        let (counts, lines, rest) = try await configuration.withQueue { store in
            try check(instant, configuration)
            var counts = ReplayCounts()
            var lines = IdentifierLines(try open())
            while let batch = lines.next(1_000) {
                let subjects = batch.flatMap { subject in
                    keys.map { (subject: subject, digest: $0.digest(of: subject)) }
                }
                let some = try await store.replay(
                    subjects,
                    since: instant,
                    ticket: ticket,
                    requestedBy: CurrentUser.name
                )
                counts.matched += some.matched
                counts.queued += some.queued
            }
            let rest = try await store.unreplayed(
                since: instant,
                key: key.id,
                olderKeys: keys.dropFirst().map(\.id)
            )
            return (counts, lines, rest)
        }
        Terminal.out(
            "Erased since then: \(counts.matched.grouped) of the given customers. Erasures added to the queue: "
                + "\(counts.queued.grouped)."
        )
        note(lines)
        if !queueOnly { try await process(configuration, settings) }
        try conclude(rest, isOneKey: keys.count == 1)
    }

    /// Refuses an instant before the oldest backup that there can be: it would only repeat erasures that no restore has
    /// undone.
    private func check(_ instant: Date, _ configuration: DsrConfiguration) throws {
        let setting = EvidenceSettings.replayDays
        let days = configuration.settings[setting] ?? 30
        guard instant < Date() - TimeInterval(days * 86_400) else { return }
        throw Failure(
            .usage,
            "--since is more than \(days.counted("day")) ago; give the instant at which the restored backup was made. If "
                + "backups of Talon.One are kept for longer, raise \(setting.name)"
        )
    }

    private func open() throws -> FileHandle {
        if ids == "-" { return .standardInput }
        guard let file = FileHandle(forReadingAtPath: ids) else {
            throw Failure(.usage, "the file that --ids names cannot be read; nothing was done")
        }
        return file
    }

    private func note(_ lines: IdentifierLines) {
        guard lines.skippedCount > 0 else { return }
        Terminal.note("Skipped lines that are not valid identifiers: \(lines.skippedCount.grouped)")
        for skipped in lines.skipped { Terminal.note("  line \(skipped.line.grouped): \(skipped.reason)") }
        let more = lines.skippedCount - lines.skipped.count
        if more > 0 { Terminal.note("  and \(more.grouped) more") }
    }

    private func process(_ configuration: DsrConfiguration, _ settings: ProcessorSettings) async throws {
        let summary = try await configuration.execute(.replays, settings)
        SummaryText(summary, zone: settings.admission.deadlines.zone).print()
        try summary.throwUnlessDone()
    }

    private func conclude(_ rest: Unreplayed, isOneKey: Bool) throws {
        var sentences: [String] = []
        if rest.notGiven > 0 {
            sentences.append(
                "\(rest.notGiven.counted("customer")) erased since then \(rest.notGiven == 1 ? "is" : "are") not in the list"
            )
        }
        if rest.notRecognisable > 0 {
            sentences.append(
                "\(rest.notRecognisable.counted("erasure")) cannot be matched: recorded without \(isOneKey ? "this subject key" : "these subject keys")"
            )
        }
        guard sentences.isEmpty else { throw Failure(.needsAction, sentences.joined(separator: "; ")) }
    }
}
