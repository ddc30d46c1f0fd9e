import Foundation
import Postgres
import SubjectRequests
import Testing

@testable import Store

@Suite("Figures of reports")
struct ReportFiguresTests {
    @Test("the figures of a month are read by indexes, whatever happened in other months")
    func plan() async throws {
        let database = try await Database.fresh()
        try await database.run(
            """
            set session_replication_role = replica;
            alter table dsr.subject_requests set (autovacuum_enabled = off);
            insert into dsr.subject_requests (kind, integration_id, received_at, state, outcome, finished_at, admitted_at,
                time_zone, notice_by, answer_by, latest_lawful)
            select 'access', 'c' || n, t, 'completed', 'exported', t + interval '2 days', t, 'GMT', t::date + 30,
                   t::date + 30, t::date + 30
            from generate_series(1, 60000) n, lateral (select '2024-01-01'::timestamptz + n * interval '20 min' as t) as x;
            analyze dsr.subject_requests
            """
        )
        let month = try #require(CivilMonth("2025-03"))
        let before = try await database.number("select count(*) from dsr.subject_requests") ?? 0
        #expect(before == 60_000)
        let connection = try await database.connection()
        let store = Store(connection: connection)
        let figures = try await store.figures(of: month, in: .gmt)
        #expect(figures.receivedInAll == 31 * 72 && figures.answeredInAll == 31 * 72)
        #expect(figures.timeliness.withinOneMonth == 31 * 72 && figures.timeliness.medianDays == 2)
        let range = month.range(in: .gmt)
        for (name, condition) in [
            ("subject_requests_received", "received_at >= $1 and received_at < $2"),
            ("subject_requests_finished", "finished_at >= $1 and finished_at < $2"),
        ] {
            let explain = Statement(
                "explain",
                "explain (format text) select count(*) from dsr.subject_requests where \(condition)"
            )
            let plan = try await connection.query(explain, parameters: [range.lowerBound, range.upperBound])
                .map { try $0.decode("QUERY PLAN", as: String.self) }.joined(separator: "\n")
            #expect(plan.contains(name) && !plan.contains("Seq Scan"), "\(plan)")
        }
    }

    @Test("within one month, within three months and late go by the request's own dates")
    func timeliness() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        // The day of the receipt is the first of January; each row has the day of its answer and the dates of the request.
        try await database.run(
            """
            set session_replication_role = replica;
            insert into dsr.subject_requests (kind, received_at, state, outcome, run_id, admitted_at, time_zone, finished_at,
                notice_by, answer_by, latest_lawful, extension_told_on)
            select 'access', '2026-01-01T12:00:00Z', 'completed', 'exported', \(run), '2026-01-01T12:00:00Z', 'GMT',
                   answered::date + time '23:59', '2026-02-01', last::date, last::date, told::date
            from (values
                ('2026-01-02', '2026-02-02', null),          -- the next day
                ('2026-02-02', '2026-02-02', null),          -- on the last lawful day, after a weekend
                ('2026-02-03', '2026-02-02', null),          -- a day late
                ('2026-02-02', '2026-04-01', '2026-01-20'),  -- extended, and not within the first month
                ('2026-04-02', '2026-04-01', '2026-01-20'),  -- extended, and late
                ('2026-05-01', '2026-05-10', null)           -- in time after a long pause
            ) as v (answered, last, told)
            """
        )
        let timeliness = try await database.store.timeliness(of: run)
        #expect(timeliness.answered == 6)
        #expect(timeliness.withinOneMonth == 3)
        #expect(timeliness.withinThreeMonths == 5)
        #expect(timeliness.late == 2)
        // Days: 1, 32, 32, 33, 91, 120.
        #expect(timeliness.medianDays == 32)
        #expect(
            try await database.store.outcomes(of: run) == [
                OutcomeCount(right: .access, code: "exported", count: 6)
            ]
        )
        // The replay of an erasure is no request of a customer.
        try await database.run(
            """
            set session_replication_role = replica;
            update dsr.subject_requests set replay_of = 1, replay_since = now() + id * interval '1 s' where id <> 1
            """
        )
        #expect(try await database.store.timeliness(of: run).answered == 1)
    }

    @Test("a kind that is no right is the inserter's text, and is counted without it")
    func malformed() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        try await database.run(
            """
            set session_replication_role = replica;
            insert into dsr.subject_requests (kind, received_at, state, run_id, finished_at)
            values ('jane@example.com', now(), 'refused', \(run), now())
            """
        )
        let outcomes = try await database.store.outcomes(of: run)
        #expect(outcomes == [OutcomeCount(right: nil, code: "refused", count: 1)])
        let figures = try await database.store.figures(of: CivilMonth(of: CivilDate(Date(), in: .gmt)), in: .gmt)
        #expect(figures.closedWithoutAnswer == outcomes && figures.received.first?.right == nil)
    }

    @Test("a run whose report is not one is left out of the figures, and stays in the trend")
    func hostileReport() async throws {
        let database = try await Database.fresh()
        for report in ["{}", #"{"completed_count": "x", "failed": -1, "calls": 1e9}"#, "[1]", "7", #""x""#] {
            let run = try await database.begin()
            try await database.store.endRun(run, reason: "done", report: Data(report.utf8))
        }
        let run = try await database.begin()
        try await database.store.endRun(run, reason: "done", report: Data(#"{"completed_count": 4}"#.utf8))
        let figures = try await database.store.runFigures(before: .max, limit: 30)
        #expect(figures.map(\.run) == [6, 5, 4, 3, 2, 1])
        #expect(figures.map(\.completed) == [4, nil, nil, nil, nil, nil])
        #expect(try await database.store.runFigures(before: 3, limit: 1).map(\.run) == [2])
        let month = try await database.store.figures(of: CivilMonth(of: CivilDate(Date(), in: .gmt)), in: .gmt)
        #expect(month.runs == 6 && month.runsUnbalanced == 0)
    }
}
