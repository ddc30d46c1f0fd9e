import ExactJSON
public import Foundation
public import SubjectRequests

/// The report of one calendar month, for the data protection officer's file. Holds no identifier of any customer.
public struct MonthReport: Sendable, Hashable {
    /// The version of the report's JSON. A member keeps its name and meaning within a version; members may be added.
    public static let format = 1

    /// The month.
    public let month: CivilMonth
    /// The time zone in which it begins and ends.
    public let zone: TimeZone
    /// The id of the database.
    public let databaseID: String
    /// The environment whose queue it is.
    public let environment: Environment
    /// The version of the software that made the report.
    public let softwareVersion: String
    /// When the figures were read.
    public let asOf: Date
    /// The figures.
    public let figures: MonthFigures

    /// Collects the report's content; nothing is checked.
    public init(
        month: CivilMonth,
        zone: TimeZone,
        databaseID: String,
        environment: Environment,
        softwareVersion: String,
        asOf: Date,
        figures: MonthFigures
    ) {
        self.month = month
        self.zone = zone
        self.databaseID = databaseID
        self.environment = environment
        self.softwareVersion = softwareVersion
        self.asOf = asOf
        self.figures = figures
    }

    /// Whether the month was over when the figures were read.
    public var isComplete: Bool { asOf >= month.range(in: zone).upperBound }
}

extension MonthReport {
    /// The report as JSON: snake_case names in a fixed order, as `dsr schema month` describes it. Ends in a newline.
    public func json() -> Data {
        let range = month.range(in: zone)
        let value = OrderedJSON.object([
            ("format", OrderedJSON(Self.format)),
            ("month", .string(month.description)),
            ("time_zone", .string(zone.identifier)),
            ("begins_at", .string(Timestamps.rfc3339(range.lowerBound))),
            ("ends_at", .string(Timestamps.rfc3339(range.upperBound))),
            ("complete", .bool(isComplete)),
            ("as_of", .string(Timestamps.rfc3339(asOf))),
            ("database", .string(databaseID)),
            ("environment", .string(environment.rawValue)),
            ("version", .string(softwareVersion)),
            ("received_count", OrderedJSON(figures.receivedInAll)),
            ("received", .array(figures.received.map(\.byRight))),
            ("answered_count", OrderedJSON(figures.answeredInAll)),
            ("answered", .array(figures.answered.map(\.json))),
            ("closed_without_answer", .array(figures.closedWithoutAnswer.map(\.json))),
            ("replays", OrderedJSON(figures.replays)),
            ("timeliness", figures.timeliness.json),
            ("decisions", .array(figures.decisions.map(\.json))),
            (
                "holds",
                .object([
                    ("placed", OrderedJSON(figures.holdsPlaced)), ("released", OrderedJSON(figures.holdsReleased)),
                    ("in_force", OrderedJSON(figures.holdsInForce)),
                ])
            ),
            (
                "incidents",
                .object([
                    ("opened", OrderedJSON(figures.incidentsOpened)), ("closed", OrderedJSON(figures.incidentsClosed)),
                    ("open", OrderedJSON(figures.incidentsOpen)),
                ])
            ),
            (
                "runs",
                .object([
                    ("started", OrderedJSON(figures.runs)), ("crashed", OrderedJSON(figures.runsCrashed)),
                    ("unbalanced", OrderedJSON(figures.runsUnbalanced)),
                ])
            ),
            (
                "checkpoints",
                .object([
                    ("signed", OrderedJSON(figures.checkpointsSigned)),
                    ("filed", OrderedJSON(figures.checkpointsFiled)),
                    ("signed_entries", OrderedJSON(figures.signedEntries)),
                ])
            ),
        ])
        return Data("\(value.text())\n".utf8)
    }
}

extension OutcomeCount {
    fileprivate var byRight: OrderedJSON {
        .object([("right", .string(rightCode)), ("count", OrderedJSON(count))])
    }
}

extension MonthReport {
    /// The report as HTML: one file that needs no other.
    public func html(with templates: DocumentTemplates) throws -> Data {
        let labels = templates.labels
        let unanswered = figures.closedWithoutAnswer.map { count in
            ["name": "\(count.rightCode), \(labels.state(count.code))", "count": count.count.grouped]
        }
        var view: [String: Any] = [
            "title": "\(labels.months[month.firstDay.month - 1]) \(month.firstDay.year)",
            "firstDay": month.firstDay.description,
            "lastDay": month.nextFirstDay.adding(days: -1).description,
            "zone": zone.identifier,
            "database": databaseID,
            "environment": environment.rawValue,
            "isSandbox": environment == .sandbox,
            "version": softwareVersion,
            "asOf": Timestamps.readable(asOf, months: labels.months),
            "isInProgress": !isComplete,
            "atEnd": isComplete ? "at its end" : "now",
            "received": figures.receivedInAll.grouped,
            "receivedRows": figures.received.map { ["name": $0.rightCode, "count": $0.count.grouped] },
            "answered": figures.answeredInAll.grouped,
            "outcomes": OutcomesView(figures.answered, labels),
            "timeliness": TimelinessView(figures.timeliness),
            "decisions": DecisionsView(figures.decisions, labels),
            "replays": figures.replays.grouped,
            "holdsPlaced": figures.holdsPlaced.grouped,
            "holdsReleased": figures.holdsReleased.grouped,
            "holdsInForce": figures.holdsInForce.grouped,
            "incidentsOpened": figures.incidentsOpened.grouped,
            "incidentsClosed": figures.incidentsClosed.grouped,
            "incidentsOpen": figures.incidentsOpen.grouped,
            "hasIncidents": figures.incidentsOpen > 0,
            "runs": figures.runs.grouped,
            "runsCrashed": figures.runsCrashed.grouped,
            "runsUnbalanced": figures.runsUnbalanced.grouped,
            "checkpointsSigned": figures.checkpointsSigned.grouped,
            "checkpointsFiled": figures.checkpointsFiled.grouped,
            "signedEntries": figures.signedEntries.grouped,
        ]
        if !unanswered.isEmpty { view["unanswered"] = ["rows": unanswered] }
        return Data(try templates.render(.monthReport, view).utf8)
    }

    /// The report as lines for a terminal.
    public func lines(with templates: DocumentTemplates) -> [ReportFigure] {
        let labels = templates.labels
        let end = isComplete ? "at its end" : "now"
        return [
            ReportFigure("month", "month", month.description),
            ReportFigure("month", "time zone", zone.identifier),
            ReportFigure("month", "environment", environment.rawValue),
            ReportFigure("month", "complete", isComplete ? "yes" : "no: these are its figures so far"),
        ] + figures.received.map { ReportFigure("received", $0.rightCode, $0.count) } + [
            ReportFigure("received", "in all", figures.receivedInAll)
        ]
            + .outcomes("answered", figures.answered, labels)
            + [ReportFigure("answered", "in all", figures.answeredInAll)]
            + .outcomes("closed without an answer", figures.closedWithoutAnswer, labels)
            + .timeliness(figures.timeliness)
            + .decisions(figures.decisions, labels) + [
                ReportFigure("legal holds", "placed", figures.holdsPlaced),
                ReportFigure("legal holds", "released", figures.holdsReleased),
                ReportFigure("legal holds", "in force \(end)", figures.holdsInForce),
                ReportFigure("incidents", "opened", figures.incidentsOpened),
                ReportFigure("incidents", "closed", figures.incidentsClosed),
                ReportFigure("incidents", "open \(end)", figures.incidentsOpen),
                ReportFigure("replays", "erasures repeated", figures.replays),
                ReportFigure("runs", "started", figures.runs),
                ReportFigure("runs", "crashed", figures.runsCrashed),
                ReportFigure("runs", "with sums that do not agree", figures.runsUnbalanced),
                ReportFigure("checkpoints", "signed", figures.checkpointsSigned),
                ReportFigure("checkpoints", "written to a file", figures.checkpointsFiled),
                ReportFigure("checkpoints", "log entries under the last of them", figures.signedEntries),
            ]
    }
}
