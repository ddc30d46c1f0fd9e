import SubjectRequests

/// The views of what reports of runs and of months have in common. A template reads the properties by their names.
struct TimelinessView {
    let answered, oneMonth, oneMonthShare, threeMonths, threeMonthsShare, late, median: String
    let isLate: Bool

    init(_ timeliness: Timeliness) {
        answered = timeliness.answered.grouped
        oneMonth = timeliness.withinOneMonth.grouped
        oneMonthShare = Self.share(timeliness.oneMonthPercent)
        threeMonths = timeliness.withinThreeMonths.grouped
        threeMonthsShare = Self.share(timeliness.threeMonthsPercent)
        late = timeliness.late.grouped
        isLate = timeliness.late > 0
        median = timeliness.medianDays.map(\.grouped) ?? Self.none
    }

    /// What is shown where there is no figure.
    static let none = "none"

    static func share(_ percent: Int?) -> String { percent.map { "\($0)%" } ?? none }
}

/// A table of outcomes by right: a row for each outcome, a column for each right, and sums.
struct OutcomesView {
    struct Row {
        let name: String
        let cells: [String]
        let total: String
    }

    let isEmpty: Bool
    let rights: [String]
    let rows: [Row]
    let sums: Row

    init(_ counts: [OutcomeCount], _ labels: Labels) {
        let rights = Right.allCases.map(\.rawValue) + (counts.contains { $0.right == nil } ? ["unknown"] : [])
        func row(_ name: String, _ counts: [OutcomeCount]) -> Row {
            let cells = rights.map { right in counts.filter { $0.rightCode == right }.total.grouped }
            return Row(name: name, cells: cells, total: counts.total.grouped)
        }
        self.rights = rights
        isEmpty = counts.isEmpty
        rows = Self.codes(in: counts).map { code in row(labels.state(code), counts.filter { $0.code == code }) }
        sums = row("Total", counts)
    }

    /// The codes that occur, in the order of outcomes and then of states.
    private static func codes(in counts: [OutcomeCount]) -> [String] {
        let known = Outcome.allCases.map(\.rawValue) + RequestState.allCases.map(\.rawValue)
        let found = Set(counts.map(\.code))
        return known.filter(found.contains) + found.subtracting(known).sorted()
    }
}

extension [OutcomeCount] {
    fileprivate var total: Int { reduce(0) { $0 + $1.count } }
}

/// Decisions by kind and role.
struct DecisionsView {
    struct Row {
        let kind, role, count: String
    }

    let isEmpty: Bool
    let rows: [Row]

    init(_ counts: [DecisionCount], _ labels: Labels) {
        isEmpty = counts.isEmpty
        rows = counts.map { count in
            Row(
                kind: labels.report("decision.\(count.kind.rawValue)") ?? count.kind.rawValue,
                role: labels.report("role.\(count.role.rawValue)") ?? count.role.rawValue,
                count: count.count.grouped
            )
        }
    }
}

/// The evidence log.
struct EvidenceView {
    let entries, signed, unsigned, signedAt: String
    let isSigned, isFiled: Bool

    init(_ evidence: EvidenceState, _ labels: Labels) {
        entries = evidence.entries.grouped
        signed = evidence.signedEntries.grouped
        unsigned = evidence.unsignedEntries.grouped
        isSigned = evidence.signedAt != nil
        isFiled = evidence.isFiled
        signedAt = evidence.signedAt.map { Timestamps.readable($0, months: labels.months) } ?? TimelinessView.none
    }
}

/// How long a run took, how fast it was, and what slowed it down.
struct SpeedView {
    let duration, closedPerHour, calls, repeated, throttled, unanswered, outages, outageSeconds: String

    init(_ report: RunReport) {
        let slowDowns = report.slowDowns
        duration = Self.readable(report.seconds)
        closedPerHour = report.closedPerHour.grouped
        calls = report.counts.calls.grouped
        repeated = slowDowns.repeatedCalls.grouped
        throttled = slowDowns.throttledCalls.grouped
        unanswered = slowDowns.unansweredCalls.grouped
        outages = slowDowns.outages.grouped
        outageSeconds = Self.readable(slowDowns.outageSeconds)
    }

    /// `2 h 5 min`, `12 min 3 s`, `48 s`.
    static func readable(_ seconds: Int) -> String {
        let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60)
        if hours > 0 { return "\(hours.grouped) h \(minutes) min" }
        return minutes > 0 ? "\(minutes) min \(rest) s" : "\(rest) s"
    }
}
