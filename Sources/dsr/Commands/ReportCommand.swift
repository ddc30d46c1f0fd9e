import ArgumentParser
import Foundation
import Processor
import Reports
import Store
import SubjectRequests

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show the report of a run or of a calendar month.",
        discussion: """
            Without a number, the report of the last run over the whole queue. What the run did is as it was recorded; what \
            needs action, how its requests ended, the decisions and the evidence log are as the database is now. A month \
            begins and ends in the configured time zone. Makes no API call. No report names a customer.

            Examples:
              dsr report
              dsr report 42 --json
              dsr report --html --output run.html
              dsr report --month 2026-11 --html --output november.html
            """
    )

    @Argument(
        help: ArgumentHelp("The number of the run. Default: the last run over the whole queue.", valueName: "run")
    )
    var run: Int64?
    @Option(help: ArgumentHelp("Report on this calendar month, for example 2026-11.", valueName: "month"))
    var month: String?
    @Flag(help: "Print JSON; 'dsr schema' prints its schema.")
    var json = false
    @Flag(help: "Write HTML: one file that needs no other.")
    var html = false
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The output: a new file with mode 0600, or - for standard output. HTML, unless --json is given.",
            valueName: "file"
        )
    )
    var output: String?
    @Flag(help: "Replace an existing file.")
    var force = false
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard run == nil || month == nil else { throw ValidationError("a run and --month cannot be combined") }
        guard !(json && html) else { throw ValidationError("--json and --html cannot be combined") }
        guard output != nil || !force else { throw ValidationError("--force needs --output") }
    }

    func run() async throws {
        if let output { try OutputFile.check(output, replacing: force) }
        let configuration = try await options.load()
        if let month {
            let report = try await self.month(month, configuration)
            try write(
                json: { report.json() },
                html: { try report.html(with: $0) },
                lines: { report.lines(with: $0) }
            )
        } else {
            let report = try await report(configuration)
            try write(
                json: { report.json().content },
                html: { try report.html(with: $0).content },
                lines: { report.lines(with: $0) }
            )
        }
    }

    // MARK: - A run

    private func report(_ configuration: DsrConfiguration) async throws -> RunReport {
        let days = configuration.settings[AttentionSettings.days] ?? ProcessorSettings.defaultAttentionDays
        return try await configuration.withStore { store in
            let found = try await stored(in: store)
            guard let endedAt = found.endedAt else { throw Failure.inProgress(found.id) }
            guard let report = found.report else { throw Failure.crashed(found.id) }
            do {
                return try await RunReport(
                    stored: report,
                    endedAt: endedAt,
                    store: store,
                    attentionDays: days,
                    textsProblem: configuration.facts().problem
                )
            } catch let error as ReportsError {
                throw Failure(.configuration, error.description)
            }
        }
    }

    private func stored(in store: Store) async throws -> StoredRun {
        guard let number = run else {
            guard let last = try await store.lastRun() else { throw Failure.noRun }
            return last
        }
        guard let found = try await store.run(number) else {
            let last = try await store.lastRun()
            throw Failure(
                .usage,
                "there is no run \(number)"
                    + (last.map { "; the last run over the whole queue is \($0.id)" } ?? ", and none has ended yet")
            )
        }
        return found
    }

    // MARK: - A month

    private func month(_ text: String, _ configuration: DsrConfiguration) async throws -> MonthReport {
        guard let month = CivilMonth(text) else {
            throw Failure(.usage, "--month is not a month: expected a year and a month, for example 2026-11")
        }
        let zone = try configuration.deadlines().zone
        let now = Date()
        let range = month.range(in: zone)
        guard range.lowerBound <= now else {
            throw Failure(
                .usage,
                "the month \(month) is in the future: in the time zone \(zone.identifier) it is "
                    + "\(CivilMonth(of: CivilDate(now, in: zone)))"
            )
        }
        return try await configuration.withStore { store in
            let figures = try await store.figures(of: month, in: zone)
            if figures.isEmpty, let first = try await store.firstRecord(), range.upperBound <= first {
                throw Failure(
                    .usage,
                    "nothing is recorded of the month \(month): the first record of this database is of "
                        + "\(CivilMonth(of: CivilDate(first, in: zone)))"
                )
            }
            let deployment = try await store.deployment()
            return MonthReport(
                month: month,
                zone: zone,
                databaseID: deployment.databaseID,
                environment: try deployment.deployment?.environment ?? configuration.environment(),
                softwareVersion: Version.current,
                asOf: now,
                figures: figures
            )
        }
    }

    // MARK: - Output

    private func write(
        json: () -> Data,
        html: (DocumentTemplates) throws -> Data,
        lines: (DocumentTemplates) -> [ReportFigure]
    ) throws {
        let templates = try templates()
        guard self.json || self.html || output != nil else {
            var table = Table(["section", "figure", "value"])
            table.rows = lines(templates).map { [$0.section, $0.name, $0.value] }
            return table.print()
        }
        try OutputFile.write(self.json ? json() : try html(templates), to: output ?? "-", replacing: force)
    }

    private func templates() throws -> DocumentTemplates {
        do {
            return try DocumentTemplates.english()
        } catch {
            throw Failure(.configuration, "\(error)")
        }
    }
}

extension Failure {
    fileprivate static let noRun = Failure(.usage, "no run over the whole queue has ended yet; 'dsr run' starts one")

    fileprivate static func inProgress(_ run: Int64) -> Failure {
        Failure(.tryAgain, "run \(run) has not ended; its report is made when it ends")
    }

    fileprivate static func crashed(_ run: Int64) -> Failure {
        Failure(
            .needsAction,
            "run \(run) crashed and left no report. A later run took over its requests and reports on them: see "
                + "'dsr report' with its number"
        )
    }
}
