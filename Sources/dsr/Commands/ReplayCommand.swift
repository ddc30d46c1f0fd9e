import ArgumentParser
import Foundation
import Processor
import Store
import SubjectRequests

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Erase again whom we erased, after Talon.One's database was restored to an earlier state.",
        discussion: """
            We keep no identifiers of people who were erased, only keyed digests. Give a list of identifiers, one a line: \
            all customers of the restored system will do. Those of people who were erased since the instant are erased \
            again; the others are left alone. Asked for twice, it is done once. Legal holds are heeded; approvals and checks \
            were made the first time.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The state that was restored: erasures that ended since then are repeated, as in 2026-03-05T10:00:00Z.",
            valueName: "instant"
        )
    )
    var since: String
    @Option(help: ArgumentHelp("The file of identifiers, one a line; - is standard input.", valueName: "file"))
    var ids: String
    @Option(help: ArgumentHelp("The ticket that orders it; kept in the evidence.", valueName: "reference"))
    var ticket: String
    @Flag(help: "Only put the erasures into the queue, for the next run.")
    var queueOnly = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard let instant = try? Date(since, strategy: .iso8601), instant <= Date() else {
            throw Failure(.usage, "--since is an instant that is over; it looks like 2026-03-05T10:00:00Z")
        }
        try Ticket.check(ticket, about: nil)
        let configuration = try await options.load()
        let settings = try configuration.processor(actor: Actor.current)
        guard let key = settings.subjectKey else { throw Failure.noSubjectKey }
        _ = try configuration.talonOne()

        let (counts, skipped, rest) = try await configuration.withStore { store in
            var counts = Store.ReplayCounts()
            var lines = IdentifierLines(try open())
            while let batch = lines.next(1_000) {
                let people = batch.map { (subject: $0, digest: key.digest(of: $0)) }
                let some = try await store.replay(people, since: instant, ticket: ticket, requestedBy: Actor.current)
                counts.matched += some.matched
                counts.queued += some.queued
            }
            return (counts, lines.skipped, try await store.unreplayed(since: instant, key: key.id))
        }
        Terminal.out(
            "Of the given people \(counts.matched) were erased since then; erasures queued now: \(counts.queued)."
        )
        if skipped > 0 { Terminal.note("Lines that are no identifiers, and were passed over: \(skipped)") }
        if !queueOnly { try await work(configuration, settings) }
        try conclude(rest)
    }

    private func open() throws -> FileHandle {
        if ids == "-" { return .standardInput }
        guard let file = FileHandle(forReadingAtPath: ids) else {
            throw Failure(.usage, "the file of identifiers cannot be read; nothing was done")
        }
        return file
    }

    private func work(_ configuration: DsrConfiguration, _ settings: ProcessorSettings) async throws {
        let summary = try await configuration.execute(.replays, settings)
        SummaryText(summary).print()
        try summary.throwUnlessDone()
    }

    private func conclude(_ rest: Store.Unreplayed) throws {
        var sentences: [String] = []
        if rest.notGiven > 0 {
            sentences.append("of the people erased since then, \(rest.notGiven) are not among the given ones")
        }
        if rest.notRecognisable > 0 {
            sentences.append(
                "of \(rest.notRecognisable) erasures without a digest of this subject key nobody can tell whom they were about"
            )
        }
        guard sentences.isEmpty else { throw Failure(.needsAction, sentences.joined(separator: "; ")) }
    }
}

/// Identifiers from a file, line by line, however long the file.
private struct IdentifierLines {
    /// Lines that are no identifier.
    private(set) var skipped = 0
    private let file: FileHandle
    private var buffer = Data()
    private var position = 0
    private var isAtEnd = false
    /// No identifier has a line of more bytes; what is longer is none, and is not kept in memory.
    private static let longestLine = SubjectID.maximumLength * 4

    init(_ file: FileHandle) {
        self.file = file
    }

    /// Up to so many identifiers; `nil` at the end.
    mutating func next(_ count: Int) -> [SubjectID]? {
        var found: [SubjectID] = []
        while found.count < count, let line = nextLine() {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard !text.isEmpty else { continue }
            if let id = String(validating: text, as: UTF8.self).flatMap({ try? SubjectID($0) }) {
                found.append(id)
            } else {
                skipped += 1
            }
        }
        return found.isEmpty ? nil : found
    }

    private mutating func nextLine() -> Data? {
        var isTooLong = false
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[position..<end]
                position = end + 1
                // A marker that is no identifier stands for the whole of it.
                return isTooLong ? Data([0]) : line
            }
            if buffer.count - position > Self.longestLine {
                isTooLong = true
                position = buffer.count
            }
            guard !isAtEnd else {
                defer { position = buffer.count }
                if isTooLong { return Data([0]) }
                return position == buffer.count ? nil : buffer[position...]
            }
            let more = (try? file.read(upToCount: 65_536)) ?? Data()
            isAtEnd = more.isEmpty
            buffer = Data(buffer[position...]) + more
            position = 0
        }
    }
}
