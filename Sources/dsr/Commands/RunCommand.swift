import ArgumentParser
import Foundation
import Postgres
import Processor
import Reports
import Store
import SubjectRequests
import TalonOne

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Process all pending requests: the nightly batch.",
        discussion: """
            Admits new rows, claims the earliest deadlines first, and exports, corrects or erases. Each result is recorded \
            with its evidence and documents in one commit; the documents are written to the report directory. Several runs \
            on several hosts may share one queue, and take over the requests of a run that died. SIGTERM, SIGINT \
            and SIGHUP let calls in flight finish, record their results and return the rest to the queue; a second signal stops \
            at once.

            Examples:
              dsr run --dry-run
              dsr run --config /etc/dsr/dsr.yaml --until 06:00
              dsr run --allow-spike T-1
              dsr run --allow-unknown T-2
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Try what a run needs, and show what it would do. Changes nothing.")
    var dryRun = false
    @Flag(help: "Print the run report as JSON.")
    var json = false
    @Option(
        help: ArgumentHelp(
            "Allow an unusually large number of erasures in this run. The ticket is kept in the evidence.",
            valueName: "ticket"
        )
    )
    var allowSpike: String?
    @Option(
        help: ArgumentHelp(
            "Allow an unusually large number of answers in this run that the customer is unknown. The ticket is kept in the "
                + "evidence.",
            valueName: "ticket"
        )
    )
    var allowUnknown: String?
    @Option(
        help: ArgumentHelp(
            "Start no request after this time of day in the configured time zone, for example 06:00.",
            valueName: "HH:MM"
        )
    )
    var until: TimeOfDay?
    @Option(help: ArgumentHelp("Process at most this many requests.", valueName: "number"))
    var limit: Int?
    @Option(
        help: ArgumentHelp(
            "How long calls in flight may continue after a shutdown began. Default: grace.seconds, or 60.",
            valueName: "seconds"
        )
    )
    var grace: Int?
    @Option(
        help: ArgumentHelp(
            "Maximum number of API calls per second. Default: call.maximumPerSecond, or no limit.",
            valueName: "number"
        )
    )
    var maxRate: Double?
    @Flag(help: "Do not wait for a database or an API that is unavailable at the start.")
    var noWait = false

    func validate() throws {
        guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("--limit must be at least 1") }
        guard grace.map({ (0...86_400).contains($0) }) ?? true else {
            throw ValidationError("--grace must be from 0 to 86,400 seconds")
        }
        guard maxRate.map({ (0.01...1_000_000).contains($0) }) ?? true else {
            throw ValidationError("--max-rate must be from 0.01 to 1,000,000 calls per second")
        }
    }

    func run() async throws {
        try TicketOption.check(allowSpike, option: "--allow-spike")
        try TicketOption.check(allowUnknown, option: "--allow-unknown")
        let configuration = try await options.load()
        var settings = try configuration.processor(actor: CurrentUser.name)
        settings.brakeTicket = allowSpike
        settings.unknownTicket = allowUnknown
        settings.limit = limit
        settings.waitsAtStart = !noWait
        if let grace { settings.grace = .seconds(grace) }
        if let maxRate { settings.callsPerSecond = maxRate }
        if dryRun { return try await printDryRun(configuration, settings) }
        guard settings.reportsDirectory != nil else { throw Failure.noReportDirectory }
        Terminal.note(settings.environment, at: try configuration.talonOne().host)
        for warning in try configuration.database().warnings { Terminal.warn(warning) }
        let summary = try await configuration.execute(.all, settings, until: until) { settings in
            SafeguardText(settings: settings).print()
        }
        if json {
            Terminal.out(summary.report.json().content)
        } else {
            SummaryText(summary, zone: settings.admission.deadlines.zone).print()
        }
        try summary.throwUnlessDone()
    }

    private func printDryRun(_ configuration: DsrConfiguration, _ settings: ProcessorSettings) async throws {
        // As a run says it first, whatever else is wrong.
        let missing = settings.reportsDirectory == nil ? Failure.noReportDirectory : nil
        Terminal.note(settings.environment, at: try configuration.talonOne().host)
        let result: DryRun
        do {
            result = try await configuration.withTalonOne(connections: 1) { client in
                try await DryRun.read(database: try configuration.database(), client: client, settings: settings)
            }
        } catch {
            throw missing ?? error
        }
        if let settings = result.settings { SafeguardText(settings: settings).print() }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Terminal.out(String(decoding: try encoder.encode(result), as: UTF8.self))
        } else {
            DryRunText(environment: settings.environment.rawValue, result: result).print()
        }
        if let failure = missing ?? result.failure { throw failure }
    }
}

extension DsrConfiguration {
    /// Executes a run. Signals and the time of day shut it down.
    func execute(
        _ scope: Scope,
        _ settings: ProcessorSettings,
        until time: TimeOfDay? = nil,
        begins: @escaping @Sendable (ProcessorSettings) -> Void = { _ in }
    ) async throws -> RunSummary {
        try await withTalonOne(connections: settings.concurrency) { client in
            let progress = ProgressLine(unit: "requests")
            defer { progress.end() }
            var watchers: [Run.Watcher] = [{ await Signals.forward(to: $0) }]
            if let time { watchers.append(timeLimit(time, in: settings.admission.deadlines.zone)) }
            return try await Run(
                database: try database(),
                client: client,
                settings: settings,
                watchers: watchers,
                begins: begins,
                progress: { progress.update(done: $0.closed) },
                waits: { Terminal.note($0) },
                warns: { Terminal.warn($0) }
            ).execute(scope)
        }
    }
}

/// Shuts a run down at a time of day.
private func timeLimit(_ time: TimeOfDay, in zone: TimeZone) -> Run.Watcher {
    { shutdown in
        let wait = time.next(after: Date(), in: zone).timeIntervalSinceNow
        guard (try? await Task.sleep(for: .seconds(max(0, wait)))) != nil else { return }
        shutdown.begin(.timeLimitReached)
    }
}
