import ExactJSON
import Foundation
public import SubjectRequests

extension RunReport {
    /// The version of the report's JSON. A member keeps its name and meaning within a version; members may be added.
    public static let format = 1

    /// The report as JSON: snake_case names in a fixed order, as `dsr schema report` describes it.
    ///
    /// - Returns: `<database>-run-<number>.json`, ending in a newline.
    public func json() -> Document {
        let value = OrderedJSON.object(run + conservation + attentionMembers + answers + circumstances)
        return .json(
            Data("\(value.text())\n".utf8),
            fileName: DocumentNames(databaseID: databaseID).report(ofRun: runID, as: "json")
        )
    }

    private var run: [(String, OrderedJSON)] {
        [
            ("format", OrderedJSON(Self.format)),
            ("run", .int(runID)),
            ("database", .string(databaseID)),
            ("host", .string(host)),
            ("version", .string(softwareVersion)),
            ("environment", .string(environment.rawValue)),
            ("started_at", .string(Timestamps.rfc3339(startedAt))),
            ("ended_at", .string(Timestamps.rfc3339(endedAt))),
            ("duration_seconds", OrderedJSON(seconds)),
            ("as_of", .string(Timestamps.rfc3339(asOf))),
            ("ending", .string(ending)),
        ]
    }

    private var conservation: [(String, OrderedJSON)] {
        [
            ("balances", .bool(balances)),
            ("to_account_for", OrderedJSON(counts.toAccountFor)),
            ("accounted_for", OrderedJSON(counts.accountedFor)),
            ("pending_at_start", OrderedJSON(counts.pendingAtStart)),
            ("arrived", OrderedJSON(counts.arrived)),
            ("completed_count", OrderedJSON(counts.completedInAll)),
            ("completed", Self.object(counts.completedByCode)),
            ("refused", OrderedJSON(counts.refused)),
            ("failed", OrderedJSON(counts.failed)),
            ("waiting", Self.object(counts.waitingByCode)),
            ("left_for_next_run", OrderedJSON(counts.leftForNextRun)),
            ("will_be_retried", .array(retries.map(\.json))),
            ("taken_by_others", OrderedJSON(counts.takenByOthers)),
            ("answered_late", OrderedJSON(counts.answeredLate)),
            ("erased_without_ticket", OrderedJSON(counts.erasedWithoutTicket)),
            ("calls", OrderedJSON(counts.calls)),
            ("reports_delivered", OrderedJSON(counts.reportsDelivered)),
            ("reports_undelivered", OrderedJSON(counts.reportsUndelivered)),
            ("brake", OrderedJSON(brake)),
            ("unknown_brake", OrderedJSON(unknownBrake)),
            ("canary", .string(canary.rawValue)),
        ]
    }

    private var attentionMembers: [(String, OrderedJSON)] {
        [
            ("attention", Self.object(attention.counts)),
            ("needs_action_count", OrderedJSON(needsActionCount)),
            ("needs_action", .array(needsAction.map(\.json))),
            ("routine_count", OrderedJSON(routineCount)),
            ("routine", .array(routine.map(\.json))),
        ]
    }

    private var answers: [(String, OrderedJSON)] {
        [
            ("at_risk", OrderedJSON(atRisk)),
            ("timeliness", timeliness.json),
            ("outcomes", .array(outcomes.map(\.json))),
            ("decisions_since", OrderedJSON(decisionsSince.map(Timestamps.rfc3339))),
            ("decisions", .array(decisions.map(\.json))),
        ]
    }

    private var circumstances: [(String, OrderedJSON)] {
        [
            (
                "evidence",
                .object([
                    ("entries", OrderedJSON(evidence.entries)),
                    ("signed_entries", OrderedJSON(evidence.signedEntries)),
                    ("unsigned_entries", OrderedJSON(evidence.unsignedEntries)),
                    ("signed_at", OrderedJSON(evidence.signedAt.map(Timestamps.rfc3339))),
                    ("filed", .bool(evidence.isFiled)),
                ])
            ),
            ("closed_per_hour", OrderedJSON(closedPerHour)),
            (
                "slow_downs",
                .object([
                    ("repeated_calls", OrderedJSON(slowDowns.repeatedCalls)),
                    ("throttled_calls", OrderedJSON(slowDowns.throttledCalls)),
                    ("unanswered_calls", OrderedJSON(slowDowns.unansweredCalls)),
                    ("outages", OrderedJSON(slowDowns.outages)),
                    ("outage_seconds", OrderedJSON(slowDowns.outageSeconds)),
                ])
            ),
            ("trend", .array(trend.map(\.json))),
        ]
    }

    private static func object(_ counts: [(code: String, count: Int)]) -> OrderedJSON {
        .object(counts.map { ($0.code, OrderedJSON($0.count)) })
    }
}

extension Timeliness {
    /// As reports of runs and of months have it.
    var json: OrderedJSON {
        .object([
            ("answered", OrderedJSON(answered)),
            ("within_one_month", OrderedJSON(withinOneMonth)),
            ("within_one_month_percent", OrderedJSON(optional: oneMonthPercent)),
            ("within_three_months", OrderedJSON(withinThreeMonths)),
            ("within_three_months_percent", OrderedJSON(optional: threeMonthsPercent)),
            ("late", OrderedJSON(late)),
            ("median_days", OrderedJSON(optional: medianDays)),
        ])
    }
}

extension OutcomeCount {
    /// As reports of runs and of months have it.
    var json: OrderedJSON {
        .object([("right", .string(rightCode)), ("outcome", .string(code)), ("count", OrderedJSON(count))])
    }
}

extension DecisionCount {
    /// As reports of runs and of months have it.
    var json: OrderedJSON {
        .object([
            ("decision", .string(kind.rawValue)), ("role", .string(role.rawValue)), ("count", OrderedJSON(count)),
        ])
    }
}

extension OrderedJSON {
    /// A whole number, or null.
    init(optional number: Int?) { self = number.map { OrderedJSON($0) } ?? .null }
}

extension RunFigures {
    fileprivate var json: OrderedJSON {
        .object([
            ("run", .int(run)),
            ("started_at", .string(Timestamps.rfc3339(startedAt))),
            ("ended_at", .string(Timestamps.rfc3339(endedAt))),
            ("duration_seconds", OrderedJSON(seconds)),
            ("crashed", .bool(crashed)),
            ("completed", OrderedJSON(optional: completed)),
            ("failed", OrderedJSON(optional: failed)),
            ("needs_action", OrderedJSON(optional: needsAction)),
            ("answered_late", OrderedJSON(optional: answeredLate)),
            ("calls", OrderedJSON(optional: calls)),
        ])
    }
}

extension RunReport.Retry {
    fileprivate var json: OrderedJSON {
        .object([
            ("reason", .string(reason)),
            ("count", OrderedJSON(count)),
            ("next_try", OrderedJSON(nextTry.map(Timestamps.rfc3339))),
        ])
    }
}

extension RunReport.Row {
    fileprivate var json: OrderedJSON {
        .object([
            ("kind", .string(kind.rawValue)),
            ("request", OrderedJSON(kind == .request ? number : nil)),
            ("number", OrderedJSON(number)),
            ("count", OrderedJSON(count)),
            ("right", OrderedJSON(right)),
            ("state", .string(state)),
            ("reason", .string(reason)),
            ("age_days", OrderedJSON(optional: ageDays)),
            ("due", OrderedJSON(due)),
            ("overdue", .bool(isOverdue)),
            ("command", .string(command)),
        ])
    }
}
