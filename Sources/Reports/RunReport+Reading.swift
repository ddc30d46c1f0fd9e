import ExactJSON
public import Foundation
import SubjectRequests

extension RunReport {
    /// Reads a report from its JSON, so that it can be shown in another form, and what changes can be brought up to date.
    ///
    /// - Parameter json: What ``json()`` has written.
    /// - Throws: `ReportsError` `.unreadableReport` for anything else.
    public init(json: Data) throws {
        guard let root = try? RawJSON.parse(json) else { throw ReportReader.unreadable("it is not JSON") }
        let read = ReportReader(root)
        guard try read.int("format") == Self.format else {
            throw ReportReader.unreadable("its format is not \(Self.format)")
        }
        var counts = Counts()
        counts.pendingAtStart = try read.int("pending_at_start")
        counts.arrived = try read.int("arrived")
        counts.completed = try read.counts("completed")
        counts.refused = try read.int("refused")
        counts.failed = try read.int("failed")
        counts.waiting = try read.counts("waiting")
        counts.leftForNextRun = try read.int("left_for_next_run")
        counts.takenByOthers = try read.int("taken_by_others")
        counts.answeredLate = try read.int("answered_late")
        counts.erasedWithoutTicket = try read.int("erased_without_ticket")
        counts.calls = try read.int("calls")
        counts.reportsDelivered = try read.int("reports_delivered")
        counts.reportsUndelivered = try read.int("reports_undelivered")
        self.init(
            runID: Int64(try read.int("run")),
            databaseID: try read.string("database"),
            host: try read.string("host"),
            softwareVersion: try read.string("version"),
            environment: try read.word("environment"),
            startedAt: try read.date("started_at"),
            endedAt: try read.date("ended_at"),
            ending: try read.string("ending"),
            counts: counts,
            needsAction: try read.list("needs_action").map(Row.init)
        )
        asOf = try read.date("as_of")
        routine = try read.list("routine").map(Row.init)
        unlistedNeedsAction = try read.int("needs_action_count") - needsActionCount
        unlistedRoutine = try read.int("routine_count") - routine.count
        attention = Attention(counts: try read.object("attention").numbers())
        retries = try read.list("will_be_retried").map { retry in
            Retry(
                reason: try retry.string("reason"),
                count: try retry.int("count"),
                nextTry: try retry.optional("next_try", ReportReader.date)
            )
        }
        brake = try read.optional("brake", ReportReader.string)
        unknownBrake = try read.optional("unknown_brake", ReportReader.string)
        canary = try read.word("canary")
        atRisk = try read.int("at_risk")
        timeliness = try Timeliness(try read.object("timeliness"))
        outcomes = try read.list("outcomes").map { count in
            OutcomeCount(
                right: Right(rawValue: try count.string("right")),
                code: try count.string("outcome"),
                count: try count.int("count")
            )
        }
        decisionsSince = try read.optional("decisions_since", ReportReader.date)
        decisions = try read.list("decisions").map { count in
            DecisionCount(kind: try count.word("decision"), role: try count.word("role"), count: try count.int("count"))
        }
        evidence = try EvidenceState(try read.object("evidence"))
        slowDowns = try SlowDowns(try read.object("slow_downs"))
        trend = try read.list("trend").map(RunFigures.init)
    }
}

extension RunReport.Row {
    fileprivate init(_ read: ReportReader) throws {
        self.init(
            try read.word("kind"),
            number: try read.optional("number", ReportReader.int).map(Int64.init),
            count: try read.int("count"),
            right: try read.optional("right", ReportReader.string),
            state: try read.string("state"),
            reason: try read.string("reason"),
            ageDays: try read.optional("age_days", ReportReader.int),
            due: try read.optional("due", ReportReader.string),
            isOverdue: try read.bool("overdue"),
            command: try read.string("command")
        )
    }
}

extension Attention {
    fileprivate init(counts: [String: Int]) {
        self.init()
        overdue = counts["overdue", default: 0]
        pastLastLawfulDate = counts["past_last_lawful_date", default: 0]
        refusalsNotSent = counts["refusals_not_sent", default: 0]
        refusalsLate = counts["refusals_late", default: 0]
        holdsToReview = counts["holds_to_review", default: 0]
        incidents = counts["incidents", default: 0]
        missedRechecks = counts["missed_rechecks", default: 0]
    }
}

extension Timeliness {
    fileprivate init(_ read: ReportReader) throws {
        self.init()
        answered = try read.int("answered")
        withinOneMonth = try read.int("within_one_month")
        withinThreeMonths = try read.int("within_three_months")
        late = try read.int("late")
        medianDays = try read.optional("median_days", ReportReader.int)
    }
}

extension EvidenceState {
    fileprivate init(_ read: ReportReader) throws {
        self.init()
        entries = try read.int("entries")
        signedEntries = try read.int("signed_entries")
        signedAt = try read.optional("signed_at", ReportReader.date)
        isFiled = try read.bool("filed")
    }
}

extension SlowDowns {
    fileprivate init(_ read: ReportReader) throws {
        self.init()
        repeatedCalls = try read.int("repeated_calls")
        throttledCalls = try read.int("throttled_calls")
        unansweredCalls = try read.int("unanswered_calls")
        outages = try read.int("outages")
        outageSeconds = try read.int("outage_seconds")
    }
}

extension RunFigures {
    fileprivate init(_ read: ReportReader) throws {
        self.init(
            run: Int64(try read.int("run")),
            startedAt: try read.date("started_at"),
            endedAt: try read.date("ended_at")
        )
        completed = try read.optional("completed", ReportReader.int)
        failed = try read.optional("failed", ReportReader.int)
        needsAction = try read.optional("needs_action", ReportReader.int)
        answeredLate = try read.optional("answered_late", ReportReader.int)
        calls = try read.optional("calls", ReportReader.int)
    }
}
