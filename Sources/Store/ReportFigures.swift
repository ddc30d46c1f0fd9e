public import Foundation
import Postgres
public import SubjectRequests

/// A run as its row has it, for its report.
public struct StoredRun: Sendable {
    /// Its number.
    public let id: Int64
    /// When it started and ended; `nil` while it is in progress.
    public let startedAt: Date, endedAt: Date?
    /// The report as JSON; `nil` where it left none, because it crashed or is in progress.
    public let report: Data?
}

extension Store {
    /// A run; `nil` where there is none with that number.
    public func run(_ id: Int64) async throws -> StoredRun? {
        try await rows(ReportStatements.run, [id], StoredRun.init).first
    }

    /// The last run over the whole queue that has ended; `nil` where there is none.
    public func lastRun() async throws -> StoredRun? {
        try await rows(ReportStatements.lastRun, [], StoredRun.init).first
    }

    /// The main figures of runs over the whole queue that have ended, the latest first.
    ///
    /// - Parameter before: Only runs with a smaller number.
    public func runFigures(before run: Int64, limit: Int) async throws -> [RunFigures] {
        try await rows(ReportStatements.figures, [run, limit]) { row in
            var figures = RunFigures(
                run: try row.decode("id"),
                startedAt: try row.decode("started_at"),
                endedAt: try row.decode("ended_at")
            )
            figures.completed = try row.decode("completed")
            figures.failed = try row.decode("failed")
            figures.needsAction = try row.decode("needs_action")
            figures.answeredLate = try row.decode("answered_late")
            figures.calls = try row.decode("calls")
            return figures
        }
    }

    /// How quickly the requests that a run has completed were answered.
    public func timeliness(of run: Int64) async throws -> Timeliness {
        try await row(ReportStatements.timeliness, [run], Timeliness.init)
    }

    /// How the requests that a run has closed ended, by right.
    public func outcomes(of run: Int64) async throws -> [OutcomeCount] {
        try await rows(ReportStatements.outcomes, [run], OutcomeCount.init)
    }

    /// The number of requests without an answer that must be answered within some days, those that are overdue included.
    public func atRisk(withinDays days: Int) async throws -> Int {
        try await row(ReportStatements.atRisk, [days]) { row in try row.decode("count") }
    }

    /// Decisions that operators made, by kind and by what their database role may do.
    ///
    /// - Parameter range: The instants of the decisions, the end excluded.
    public func decisions(in range: Range<Date>) async throws -> [DecisionCount] {
        let counts = try await rows(ReportStatements.decisions, [range.lowerBound, range.upperBound]) { row in
            DecisionCount(
                kind: .init(rawValue: try row.decode("decision")) ?? .other,
                role: .init(rawValue: try row.decode("role")) ?? .former,
                count: try row.decode("count")
            )
        }
        return counts.merged()
    }

    /// The evidence log and its last checkpoint as they are now.
    public func evidenceState() async throws -> EvidenceState {
        try await row(ReportStatements.evidence) { row in
            var state = EvidenceState()
            state.entries = try row.decode("entries")
            state.signedEntries = try row.decode("signed")
            state.signedAt = try row.decode("signed_at")
            state.isFiled = try row.decode("is_filed")
            return state
        }
    }
}

extension StoredRun {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            startedAt: try row.decode("started_at"),
            endedAt: try row.decode("ended_at"),
            report: try row.decode("report", as: String?.self).map { Data($0.utf8) }
        )
    }
}

extension Timeliness {
    init(_ row: PostgresRow) throws {
        self.init()
        answered = try row.decode("answered")
        withinOneMonth = try row.decode("one_month")
        withinThreeMonths = try row.decode("three_months")
        late = try row.decode("late")
        medianDays = try row.decode("median_days")
    }
}

extension OutcomeCount {
    init(_ row: PostgresRow) throws {
        self.init(
            right: try row.decode("kind", as: Right?.self),
            code: try row.decode("code"),
            count: try row.decode("count")
        )
    }
}

extension [DecisionCount] {
    /// One count for each kind and role, in the order in which these are declared.
    fileprivate func merged() -> [DecisionCount] {
        DecisionCount.Kind.allCases.flatMap { kind in
            DecisionCount.Role.allCases.compactMap { role in
                let number = filter { $0.kind == kind && $0.role == role }.reduce(0) { $0 + $1.count }
                return number > 0 ? DecisionCount(kind: kind, role: role, count: number) : nil
            }
        }
    }
}

private enum ReportStatements {
    static let columns =
        "id, started_at, ended_at, case when json_typeof(counts) = 'object' then counts::text end as report"

    static let run = Statement("read a run", "select \(columns) from dsr.runs where id = $1")

    static let lastRun = Statement(
        "read the last run",
        "select \(columns) from dsr.runs where scope = 'all' and ended_at is not null order by id desc limit 1"
    )

    // A run writes its own report, so a figure that is no number is left out instead of failing the report of another run.
    static let figures = Statement(
        "compare runs",
        """
        select id, started_at, ended_at, \(number("completed_count")) as completed, \(number("failed")) as failed,
               \(number("needs_action_count")) as needs_action, \(number("answered_late")) as answered_late,
               \(number("calls")) as calls
        from dsr.runs
        where scope = 'all' and ended_at is not null and id < $1
        order by id desc
        limit $2
        """
    )

    private static func number(_ member: String) -> String {
        "case when counts ->> '\(member)' ~ '^[0-9]{1,15}$' then (counts ->> '\(member)')::bigint end"
    }

    static let timeliness = Statement(
        "measure the answers of a run",
        """
        with answer as (\(Answers.table(completed: "run_id = $1")))
        select \(Answers.timeliness) from answer
        """
    )

    static let outcomes = Statement(
        "count how requests of a run ended",
        """
        select \(Answers.right) as kind, case state when 'completed' then outcome else state end as code, count(*)
        from dsr.subject_requests
        where run_id = $1 and state in ('completed', 'refused', 'failed', 'cancelled')
        group by 1, 2
        order by 1 nulls last, 2
        """
    )

    // No time zone is more than a day ahead of UTC, so the bound on answer_by, which the indexes need, leaves no row out.
    static let atRisk = Statement(
        "count requests at risk",
        """
        select count(*) as count from \(OpenRequests.unanswered)
        where r.answer_by <= (now() at time zone 'UTC')::date + 1 + $1::int
          and r.answer_by <= dsr.today(r.time_zone) + $1::int
        """
    )

    // What a role may do says what it is, whatever its name: the names of roles are the controller's, and may be those of
    // operators.
    static let decisions = Statement(
        "count decisions",
        """
        select d.decision,
               case when decides and approves then 'owner' when decides then 'operator' when approves then 'approver'
                    else 'former' end as role,
               sum(d.count)::bigint as count
        from (
            select decision, role, count(*) from dsr.decisions where made_at >= $1 and made_at < $2 group by decision, role
        ) as d
        left join pg_roles o on o.rolname = d.role
        cross join lateral (
            select coalesce(has_function_privilege(o.oid, f.decide, 'execute'), false) as decides,
                   coalesce(has_function_privilege(o.oid, f.approve, 'execute'), false) as approves
            from (select to_regproc('dsr.decide')::oid as decide, to_regproc('dsr.approve')::oid as approve) as f
        ) as p
        group by 1, 2
        """
    )

    static let evidence = Statement(
        "read the state of the evidence log",
        """
        select h.size as entries, coalesce(c.size, 0) as signed, c.signed_at, coalesce(c.filed_at is not null, false) as is_filed
        from dsr.evidence_head h
        left join lateral (select * from dsr.evidence_checkpoints order by size desc limit 1) as c on true
        """
    )
}
