import ArgumentParser
import Foundation
import Postgres
import Processor
import Reports
import Store
import SubjectRequests

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Answer all pending requests: the nightly batch.",
        discussion: """
            Admits new rows, claims the earliest deadlines first, exports or erases, records each result with its \
            evidence and documents in one commit, writes the documents to the report directory, and sums up. Several \
            runs on several hosts may share one queue, and take over from one that dies. SIGTERM and SIGINT let calls in \
            flight finish, record them, and give back the rest; a second signal does not wait for them.
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Say what would happen, and change nothing.")
    var dryRun = false
    @Flag(help: "Print the run report as JSON.")
    var json = false
    @Option(
        help: ArgumentHelp(
            "Let erasures through although there are more of them than there should be; the ticket is kept in the evidence.",
            valueName: "ticket"
        )
    )
    var allowSpike: String?
    @Option(
        help: ArgumentHelp(
            "Begin nothing new after that time of day, in the controller's time zone, as in 06:00.",
            valueName: "HH:MM"
        )
    )
    var until: TimeOfDay?
    @Option(help: ArgumentHelp("Begin so many requests at most.", valueName: "number"))
    var limit: Int?
    @Option(
        help: ArgumentHelp(
            "How long calls in flight may go on once the run is to end. Default: 60.",
            valueName: "seconds"
        )
    )
    var grace: Int?
    @Option(help: ArgumentHelp("Calls a second, at most. Default: no such limit.", valueName: "number"))
    var maxRate: Double?

    func validate() throws {
        guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("--limit is at least 1") }
        guard grace.map({ (0...86_400).contains($0) }) ?? true else {
            throw ValidationError("--grace goes from 0 to 86,400 seconds")
        }
        guard maxRate.map({ (0.01...1_000_000).contains($0) }) ?? true else {
            throw ValidationError("--max-rate goes from 0.01 to 1,000,000 calls a second")
        }
    }

    func run() async throws {
        try Ticket.check(allowSpike, about: nil)
        let configuration = try await options.load()
        var settings = try configuration.processor(actor: Actor.current)
        settings.brakeTicket = allowSpike
        settings.limit = limit
        if let grace { settings.grace = .seconds(grace) }
        if let maxRate { settings.callsPerSecond = maxRate }
        if dryRun {
            try await Preview(configuration: configuration, settings: settings).print(json: json)
            return
        }
        guard settings.reportsDirectory != nil else { throw Failure.noReportDirectory }
        for warning in try configuration.database().warnings { Terminal.note("Warning: \(warning)") }
        let summary = try await configuration.execute(.all, settings, until: until)
        if json {
            Terminal.out(summary.report.json().content)
        } else {
            SummaryText(summary).print()
        }
        try summary.throwUnlessDone()
    }
}

extension DsrConfiguration {
    /// Runs the batch job, which signals and the clock end in order.
    func execute(
        _ scope: Scope,
        _ settings: ProcessorSettings,
        until time: TimeOfDay? = nil
    ) async throws -> RunSummary {
        try await withTalonOne(connections: settings.concurrency) { client in
            let progress = ProgressLine(unit: "requests")
            let stop = RunStop()
            let run = Run(database: try database(), client: client, settings: settings, stop: stop) { tally in
                progress.update(done: tally.ended)
            }
            let watching = Task { await Signals.tell(stop) }
            let waiting = time.map { time in
                Task {
                    let wait = time.next(after: Date(), in: settings.admission.deadlines.zone).timeIntervalSinceNow
                    guard (try? await Task.sleep(for: .seconds(max(0, wait)))) != nil else { return }
                    stop.windDown(.timeIsUp)
                }
            }
            defer {
                watching.cancel()
                waiting?.cancel()
                progress.end()
            }
            do throws(RunError) {
                return try await run.execute(scope)
            } catch {
                throw Failure(error)
            }
        }
    }
}

extension RunSummary {
    /// The summary's exit code, as an error where it is not 0.
    func throwUnlessDone() throws {
        switch end {
        case .credentialsRefused:
            throw Failure(
                .credentials,
                "the API refused the credentials; nothing more was claimed, and what was is pending again"
            )
        case .apiUnavailable:
            throw Failure(
                .unreachable,
                "the API did not answer any more; what was not answered is pending and will be tried again"
            )
        case .leaseLost:
            throw Failure(.tryAgain, "the run's lease had passed; what it held is taken over by the next run")
        case .done, .stopped, .timeIsUp, .limitReached:
            break
        }
        if let deliveryFailure { throw Failure.undelivered(deliveryFailure) }
        if let signingFailure {
            throw Failure(
                .needsAction,
                "the evidence was not signed, and its leaves wait for the next head: \(signingFailure)"
            )
        }
        if !report.balances {
            throw Failure(
                .needsAction,
                "the sums of run \(report.runID) do not agree: \(report.counts.toAccountFor) to account for, "
                    + "\(report.counts.accountedFor) accounted for"
            )
        }
        if let brake = report.brake {
            throw Failure(
                .needsAction,
                "erasures are held back: \(brake); 'dsr run --allow-spike TICKET' lets them through"
            )
        }
        if needsAPerson {
            throw Failure(.needsAction, "some requests need a person; see 'dsr requests list'")
        }
    }
}
