import Foundation
import Processor
import Reports
import SubjectRequests

/// The summary of a run, for a terminal or for the mail that cron sends.
struct SummaryText {
    let summary: RunSummary
    /// The time zone of the times that are shown.
    let zone: TimeZone

    init(_ summary: RunSummary, zone: TimeZone) {
        self.summary = summary
        self.zone = zone
    }

    func print() {
        lines.forEach(Terminal.out)
    }

    var lines: [String] {
        let report = summary.report
        return [heading, "Run \(report.runID) on \(report.environment.rawValue): \(report.ending)"]
            + counts(report.counts) + retries + [signing] + canary
            + (report.brake.map { ["  ERASURES HELD BACK: \($0)"] } ?? [])
            + (report.unknownBrake.map { ["  ANSWERS HELD BACK: \($0)"] } ?? [])
            + obligations + list(report.needsAction, "NEEDS ACTION", unlisted: report.unlistedNeedsAction)
            + list(report.routine, "waiting for an operator (routine)", unlisted: report.unlistedRoutine)
    }

    /// When and where it ran: a log holds the summaries of many nights and hosts.
    private var heading: String {
        let report = summary.report
        let day = CivilDate(report.startedAt, in: .gmt)
        let time = report.startedAt.formatted(.iso8601.time(includingFractionalSeconds: false))
        return "\(day) \(time) UTC on \(report.host), \(report.seconds.counted("second"))"
    }

    private var signing: String {
        switch summary.signing {
        case .unconfigured: "  evidence log not signed: no key is configured; make one with 'dsr evidence key'"
        case .signed(let size): "  evidence log signed (\(size.counted("entry", "entries")))"
        case .notFiled(let size, _):
            "  EVIDENCE LOG SIGNED (\(size.counted("entry", "entries"))), CHECKPOINT NOT FILED"
        case .failed: "  EVIDENCE LOG NOT SIGNED"
        }
    }

    /// What showed before the first claim that Talon.One answers for the right account.
    private var canary: [String] {
        switch summary.report.canary {
        case .notConfigured:
            ["  no canary customer is configured: no known customer was read before the first claim"]
        case .notRead: ["  canary customer not read"]
        case .known: ["  canary customer known before the first claim"]
        case .unknown: ["  CANARY CUSTOMER UNKNOWN: nothing was claimed"]
        }
    }

    // MARK: - What will be retried

    private var retries: [String] {
        let retries = summary.report.retries
        let rest = retries.dropFirst(10).reduce(0) { $0 + $1.count }
        return retries.prefix(10).map { retry in
            let next = retry.nextTry.map(time) ?? "with the next run"
            return "  will be retried: \(retry.count.grouped) (\(retry.reason)), next try \(next)"
        } + (rest > 0 ? ["  will be retried: \(rest.grouped) more, for other reasons; see the run report"] : [])
    }

    /// `02:16`, with the date where it is not today.
    private func time(_ instant: Date) -> String {
        let format = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
            .year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)
        let (day, now) = (CivilDate(instant, in: zone), CivilDate(Date(), in: zone))
        // Rounded up, so that a try at the minute that is shown is not too early.
        let text = instant.addingTimeInterval(59).formatted(format)
        return day == now ? String(text.dropFirst(11).prefix(5)) : String(text.prefix(16))
    }

    private func counts(_ counts: RunReport.Counts) -> [String] {
        var rows: [(String, Int)] = [
            ("pending at the start", counts.pendingAtStart), ("arrived during the run", counts.arrived),
        ]
        rows += counts.completedByCode.map { ("  completed, \($0.code)", $0.count) }
        rows += [("  refused", counts.refused), ("  failed, need action", counts.failed)]
        rows += counts.waitingByCode.map { ("  waiting for \($0.code)", $0.count) }
        rows += [("  left for the next run", counts.leftForNextRun), ("  taken by other runs", counts.takenByOthers)]
        rows.append(("  ANSWERED AFTER THE LAST LAWFUL DATE", counts.answeredLate))
        let lines = rows.filter { $1 > 0 || !$0.hasPrefix("  ") }.map { label, count in
            "  \(label)\(String(repeating: " ", count: max(1, 40 - label.count)))\(count.grouped)"
        }
        return lines + [
            "  \(counts.toAccountFor.grouped) to account for, \(counts.accountedFor.grouped) accounted for: "
                + (counts.balances ? "the sums agree" : "THE SUMS DO NOT AGREE"),
            "  \(counts.calls.counted("call")) for requests, \(counts.reportsDelivered.counted("document")) delivered"
                + (counts.reportsUndelivered > 0 ? ", \(counts.reportsUndelivered.grouped) still to deliver" : ""),
        ]
            + (counts.erasedWithoutTicket > 0
                ? [
                    "  erased without a ticket: \(counts.erasedWithoutTicket.grouped); nothing here tells any more for whom the "
                        + "confirmations are"
                ] : [])
    }

    // MARK: - What needs action

    /// What needs action in all requests and runs, by its code in the run report.
    private var obligations: [String] {
        summary.report.attention.counts.map { code, count in
            let (label, command) = Self.labels[code] ?? (code.replacing("_", with: " "), nil)
            return "  \(label): \(count.grouped)" + (command.map { "; see '\($0)'" } ?? "")
        }
    }

    private static let labels: [String: (String, String?)] = [
        "overdue": ("past answer-by date", "dsr requests list --at-risk 0d"),
        "past_last_lawful_date": ("also past the last lawful date", nil),
        "refusals_not_sent": ("refusal letters not sent", "dsr requests list --needs-action"),
        "refusals_late": ("refusal letters not sent within the first month", nil),
        "holds_to_review": ("legal holds due for review", "dsr requests holds"),
        "incidents": ("erased customers who reappeared", "dsr incidents list"),
        "missed_rechecks": ("rechecks that were missed", nil),
    ]

    private func list(_ rows: [RunReport.Row], _ title: String, unlisted: Int) -> [String] {
        let shown = rows.prefix(20)
        let rest = rows.count - shown.count + unlisted
        guard !rows.isEmpty else { return [] }
        return ["  \(title):"] + shown.map { "    \($0.line)" }
            + (rest > 0
                ? ["    and \(rest.grouped) more; see 'dsr requests list --needs-action' and the run report"] : [])
    }
}

extension RunReport.Row {
    /// One line: what, why, how old, until when, and what to run next.
    fileprivate var line: String {
        let what =
            number.map { "\(kind.rawValue) \($0)" }
            ?? (count == 1 ? kind.rawValue : "\(count.grouped) \(kind.rawValue)")
        let of = kind == .request ? right.map { " (\($0))" } ?? "" : ""
        var facts = [state, reason.isEmpty ? nil : reason.printable].compactMap(\.self).joined(separator: ": ")
        if let ageDays { facts += "; \(ageDays.counted("day")) old" }
        if let due { facts += "; due \(due)" + (isOverdue ? ", OVERDUE" : "") }
        return "\(what)\(of): \(facts); next: \(command)"
    }
}
