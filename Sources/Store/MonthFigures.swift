public import Foundation
import Postgres
public import SubjectRequests

extension Store {
    /// What happened in a month of a time zone. Each figure is read by an index of its instant or day, so that the cost does
    /// not grow with what happened in other months.
    ///
    /// Read statement after statement: what happens meanwhile may be in some of the figures and not in others.
    public func figures(of month: CivilMonth, in zone: TimeZone) async throws -> MonthFigures {
        let range = month.range(in: zone)
        let instants: [any PostgresEncodable] = [range.lowerBound, range.upperBound]
        let both = instants + [month.firstDay, month.nextFirstDay]
        var figures = try await row(MonthStatements.rest, instants) { row in
            var figures = MonthFigures()
            figures.replays = try row.decode("replays")
            figures.holdsPlaced = try row.decode("holds_placed")
            figures.holdsReleased = try row.decode("holds_released")
            figures.holdsInForce = try row.decode("holds_in_force")
            figures.incidentsOpened = try row.decode("incidents_opened")
            figures.incidentsClosed = try row.decode("incidents_closed")
            figures.incidentsOpen = try row.decode("incidents_open")
            figures.runs = try row.decode("runs")
            figures.runsCrashed = try row.decode("runs_crashed")
            figures.runsUnbalanced = try row.decode("runs_unbalanced")
            figures.checkpointsSigned = try row.decode("checkpoints_signed")
            figures.checkpointsFiled = try row.decode("checkpoints_filed")
            figures.signedEntries = try row.decode("signed_entries")
            return figures
        }
        figures.received = try await rows(MonthStatements.received, instants, OutcomeCount.init)
        figures.answered = try await rows(MonthStatements.answered, both, OutcomeCount.init)
        figures.closedWithoutAnswer = try await rows(MonthStatements.closedWithoutAnswer, instants, OutcomeCount.init)
        figures.timeliness = try await row(MonthStatements.timeliness, both, Timeliness.init)
        figures.decisions = try await decisions(in: range)
        return figures
    }

    /// When the first request was inserted or the first run started; `nil` where there is neither.
    public func firstRecord() async throws -> Date? {
        try await row(MonthStatements.first) { row in try row.decode("first") }
    }
}

private enum MonthStatements {
    static let answers = Answers.table(
        completed: "finished_at >= $1 and finished_at < $2",
        told: "refusal_told_on >= $3::date and refusal_told_on < $4::date"
    )

    static let received = Statement(
        "count requests received in a month",
        """
        select \(Answers.right) as kind, 'received' as code, count(*)
        from dsr.subject_requests
        where received_at >= $1 and received_at < $2 and replay_of is null
        group by 1
        order by 1 nulls last
        """
    )

    static let answered = Statement(
        "count answers of a month",
        """
        with answer as (\(answers))
        select \(Answers.right) as kind, code, count(*) from answer group by 1, 2 order by 1 nulls last, 2
        """
    )

    static let timeliness = Statement(
        "measure the answers of a month",
        "with answer as (\(answers)) select \(Answers.timeliness) from answer"
    )

    // A refusal is an answer once the customer was told. A malformed row has no ground, and its customer is never told.
    static let closedWithoutAnswer = Statement(
        "count requests closed without an answer in a month",
        """
        select \(Answers.right) as kind, state as code, count(*)
        from dsr.subject_requests
        where finished_at >= $1 and finished_at < $2 and replay_of is null
          and (state in ('failed', 'cancelled') or state = 'refused' and refusal_ground is null)
        group by 1, 2
        order by 1 nulls last, 2
        """
    )

    static let rest = Statement(
        "count what else happened in a month",
        """
        select
            (select count(*) from dsr.subject_requests
             where finished_at >= $1 and finished_at < $2 and state = 'completed' and replay_of is not null) as replays,
            (select count(*) from dsr.legal_holds where placed_at >= $1 and placed_at < $2) as holds_placed,
            (select count(*) from dsr.legal_holds where released_at >= $1 and released_at < $2) as holds_released,
            (select count(*) from dsr.legal_holds
             where released_at is null and placed_at < $2
               and coalesce(expires_on >= (least($2, now()) at time zone 'UTC')::date, true))
                + (select count(*) from dsr.legal_holds
                   where released_at >= $2 and placed_at < $2
                     and coalesce(expires_on >= ($2 at time zone 'UTC')::date, true)) as holds_in_force,
            (select count(*) from dsr.incidents where opened_at >= $1 and opened_at < $2) as incidents_opened,
            (select count(*) from dsr.incidents where closed_at >= $1 and closed_at < $2) as incidents_closed,
            (select count(*) from dsr.incidents where closed_at is null and opened_at < $2)
                + (select count(*) from dsr.incidents where closed_at >= $2 and opened_at < $2) as incidents_open,
            run.*, checkpoint.*
        from (
            select count(*) as runs, count(*) filter (where ended_at is not null and counts is null) as runs_crashed,
                   count(*) filter (where counts ->> 'balances' = 'false') as runs_unbalanced
            from dsr.runs where scope = 'all' and started_at >= $1 and started_at < $2
        ) as run, (
            select count(*) as checkpoints_signed, count(filed_at) as checkpoints_filed,
                   coalesce(max(size), 0) as signed_entries
            from dsr.evidence_checkpoints where signed_at >= $1 and signed_at < $2
        ) as checkpoint
        """
    )

    // Numbers are given in the order of the inserts.
    static let first = Statement(
        "look for the first record",
        """
        select least((select inserted_at from dsr.subject_requests order by id limit 1),
                     (select started_at from dsr.runs order by id limit 1)) as first
        """
    )
}
