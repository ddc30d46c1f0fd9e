import ArgumentParser
import Foundation
import Postgres
import Processor
import Reports
import ServiceLifecycle
import Store
import Synchronization

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Answer all pending requests: the nightly batch.",
        discussion: """
            Admits new rows, claims the earliest deadlines first, exports or erases, records each result with its \
            evidence and documents in one commit, writes the documents to the report directory, and sums up. Several \
            runs on several hosts may share one queue. SIGTERM and SIGINT let calls in flight finish, record them, \
            and give back the rest.
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

    func run() async throws {
        try Ticket.check(allowSpike, about: nil)
        let configuration = try await options.load()
        var settings = try configuration.processor(actor: Actor.current)
        settings.brakeTicket = allowSpike
        if dryRun {
            try await Preview(configuration: configuration, settings: settings).print(json: json)
            return
        }
        guard settings.reportsDirectory != nil else {
            throw Failure(
                .configuration,
                "no report directory: set DSR_REPORTS_DIRECTORY to where the documents are to be written"
            )
        }
        for warning in try configuration.database().warnings { Terminal.note("Warning: \(warning)") }
        let summary = try await configuration.execute(.all, settings)
        if json {
            Terminal.out(summary.report.json().content)
        } else {
            SummaryText(summary).print()
        }
        try summary.throwUnlessDone()
    }
}

extension DsrConfiguration {
    /// Runs the batch job as a service, so that signals end it in order.
    func execute(_ scope: Scope, _ settings: ProcessorSettings) async throws -> RunSummary {
        try await withTalonOne(connections: settings.concurrency) { client in
            let progress = ProgressLine(unit: "requests")
            let run = Run(database: try database(), client: client, settings: settings) { tally in
                progress.update(done: tally.ended)
            }
            let service = RunService(run: run, scope: scope)
            try await Signals.endInOrder(service)
            progress.end()
            return try service.summary()
        }
    }
}

private final class RunService: Service {
    private let execution: Run
    private let scope: Scope
    private let result = Mutex<Result<RunSummary, RunError>?>(nil)

    init(run: Run, scope: Scope) {
        self.execution = run
        self.scope = scope
    }

    func run() async {
        let result: Result<RunSummary, RunError>
        do throws(RunError) {
            result = .success(try await execution.execute(scope))
        } catch {
            result = .failure(error)
        }
        self.result.withLock { $0 = result }
    }

    func summary() throws -> RunSummary {
        switch result.withLock({ $0 }) {
        case .success(let summary): return summary
        case .failure(let error): throw Failure(error)
        case nil: throw Failure(.tryAgain, "the run was stopped before it began")
        }
    }
}

extension RunSummary {
    /// The summary's exit code, as an error where it is not 0.
    func throwUnlessDone() throws(Failure) {
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
        case .done, .stopped:
            break
        }
        if let deliveryFailure {
            throw Failure(
                .needsAPerson,
                "documents could not be written (\(deliveryFailure)); they are safe in the database, and the next run "
                    + "writes them"
            )
        }
        if let signingFailure {
            throw Failure(
                .needsAPerson,
                "the evidence was not signed, and its leaves wait for the next head: \(signingFailure)"
            )
        }
        if !report.balances {
            throw Failure(
                .needsAPerson,
                "the sums of run \(report.runID) do not agree: \(report.counts.toAccountFor) to account for, "
                    + "\(report.counts.accountedFor) accounted for"
            )
        }
        if let brake = report.brake {
            throw Failure(
                .needsAPerson,
                "erasures are held back: \(brake); 'dsr run --allow-spike TICKET' lets them through"
            )
        }
        if needsAPerson {
            throw Failure(.needsAPerson, "some requests need a person; see 'dsr requests list'")
        }
    }
}
