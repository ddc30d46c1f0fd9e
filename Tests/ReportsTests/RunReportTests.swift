import ExactJSON
import Foundation
import Inventory
import InventorySample
import Reports
import SubjectRequests
import Testing

@Suite("Run reports")
struct RunReportTests {
    @Test("a run that accounts for every request balances, and one that does not has an alert")
    func balance() throws {
        let templates = try DocumentTemplates.english()
        var report = Self.report()
        #expect(report.balances)
        #expect(!(try report.html(with: templates).text.contains("sums differ")))
        report.counts.arrived += 1
        #expect(!report.balances)
        let html = try report.html(with: templates)
        try expectWellFormed(html)
        #expect(
            visibleText(html).contains("The sums differ: the run had to account for 22 requests, and accounts for 21.")
        )
        #expect(try RawJSON.parse(report.json().content)["balances"]?.boolValue == false)
    }

    @Test("every count of requests is in the sum once")
    func sum() {
        let parts: [(inout RunReport.Counts) -> Void] = [
            { $0.refused += 1 }, { $0.failed += 1 }, { $0.leftForNextRun += 1 }, { $0.takenByOthers += 1 },
            { $0.completed[.erased, default: 0] += 1 }, { $0.completed[.noData, default: 0] += 1 },
            { $0.waiting[.identity, default: 0] += 1 },
        ]
        for add in parts {
            var counts = Self.report().counts
            add(&counts)
            #expect(counts.accountedFor == counts.toAccountFor + 1)
        }
    }

    @Test("both forms have the same numbers, in a fixed order")
    func forms() throws {
        var report = Self.report()
        report.brake = "70 erasures are due"
        report.attention.overdue = 2
        report.retries = [
            .init(reason: "timeout", count: 12, nextTry: Date(timeIntervalSince1970: 1_772_892_309)),
            .init(reason: "<HTTP 500>", count: 3, nextTry: nil),
        ]
        report.counts.answeredLate = 3
        report.routine = [
            .init(
                .request,
                number: 13,
                right: "erasure",
                state: "approval",
                reason: "",
                command: "dsr requests approve 13"
            )
        ]
        report.unlistedRoutine = 4
        let json = report.json()
        #expect(json.fileName == "d7f3a2-run-7.json")
        let root = try RawJSON.parse(json.content)
        #expect(
            root.members.map(\.name).prefix(12) == [
                "format", "run", "database", "host", "version", "environment", "started_at", "ended_at",
                "duration_seconds", "as_of", "ending", "balances",
            ]
        )
        #expect(root["completed"]?.members.map(\.name) == ["exported", "no_data", "erased"])
        #expect(root["waiting"]?.members.map(\.name) == ["identity", "approval"])
        #expect(root["brake"]?.stringValue == "70 erasures are due" && root["attention", "overdue"]?.numberText == "2")
        #expect(root["will_be_retried", "0", "count"]?.numberText == "12")
        #expect(root["will_be_retried", "0", "next_try"]?.stringValue == "2026-03-07T14:05:09.000Z")
        #expect(root["will_be_retried", "1", "next_try"]?.kind == .null)
        #expect(root["needs_action", "0", "request"]?.numberText == "12")
        #expect(root["needs_action", "0", "age_days"]?.numberText == "40")
        #expect(root["needs_action", "0", "command"]?.stringValue == "dsr requests show 12")
        #expect(root["routine_count"]?.numberText == "5" && root["answered_late"]?.numberText == "3")
        let html = try report.html(with: try .english())
        #expect(html.fileName == "d7f3a2-run-7.html")
        try expectWellFormed(html)
        let text = visibleText(html)
        for part in [
            "timeout127 March 2026, 14:05:09 UTC", "<HTTP 500>3the next run", "exported9", "erased4", "no data held2",
            "exported9", "erased4", "no data held2", "verification of identity1", "Accounted for21",
            "request 12erasure402026-04-07 (overdue)data left after erasure<points> leftdsr requests show 12",
            "request 13erasurenot setapprovaldsr requests approve 13", "And 4 more requests",
            "Answered after the last lawful date, replays of erasures included: 3.",
            "Requests past their answer-by date2",
            "Erasures are on hold: 70 erasures are due.",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("what a report's JSON says is read back, and a member that is missing or of another type is an error")
    func reading() throws {
        let report = Self.full()
        let json = report.json().content
        let read = try RunReport(json: json)
        #expect(read.json().content == json)
        #expect(read.counts == report.counts && read.outcomes == report.outcomes && read.trend.count == 30)
        #expect(
            read.attention == report.attention && read.unlistedRoutine == 4 && read.needsAction == report.needsAction
        )
        let text = String(decoding: json, as: UTF8.self)
        for (old, new) in [
            ("\"arrived\"", "\"arived\""), ("\"format\": 1", "\"format\": 2"),
            ("\"entries\": 120", "\"entries\": \"120\""),
            ("\"exported\": 9", "\"exported\": \"9\""), ("\"no_data\": 2", "\"nothing\": 2"), ("}\n", ""),
        ] {
            let changed = text.replacing(old, with: new)
            try #require(changed != text)
            let error = try #require(throws: ReportsError.self, "\(old)") {
                _ = try RunReport(json: Data(changed.utf8))
            }
            #expect(error.code == .unreadableReport)
        }
    }

    @Test("the trend is drawn as charts with a title, a description and a table, and a run that crashed has no bar")
    func trend() throws {
        let document = try Self.full().html(with: try .english())
        try expectWellFormed(document)
        let html = document.text
        let charts = html.components(separatedBy: "<svg ").dropFirst()
        #expect(charts.count == 4)
        for chart in charts {
            #expect(chart.contains("role=\"img\"") && chart.contains("<title id=") && chart.contains("<desc id="))
            #expect(chart.components(separatedBy: "<rect ").count == 30 && chart.contains(">×<"))
            #expect(chart.components(separatedBy: "chart-last").count == 2)
        }
        #expect(html.contains("Completed requests of 30 runs, from run 1 to run 30: lowest 2, highest 1,500, last 15."))
        #expect(html.contains("No report of 1 of them."))
        let text = visibleText(document)
        #expect(text.contains("30 (crashed)") == false && text.contains("4 (crashed)"))
        #expect(text.contains("Within one month1599%") == false && text.contains("Within one month1493%"))
        var one = Self.report()
        one.trend = [one.figures]
        #expect(!(try one.html(with: try .english())).text.contains("<svg"))
    }

    @Test("a share is 100% only where all were answered in time, and none where nothing was answered")
    func shares() {
        var timeliness = Timeliness()
        #expect(timeliness.oneMonthPercent == nil)
        timeliness.answered = 1_000
        timeliness.withinOneMonth = 999
        #expect(timeliness.oneMonthPercent == 99)
        timeliness.withinOneMonth = 1_000
        #expect(timeliness.oneMonthPercent == 100)
    }

    @Test("counts in HTML have thousands separators, and in JSON they have none")
    func separators() throws {
        var report = Self.report()
        report.counts.pendingAtStart = 12_345
        #expect(visibleText(try report.html(with: try .english())).contains("Open when the run started12,345"))
        #expect(report.json().text.contains("\"pending_at_start\": 12345,"))
    }

    @Test("hostile text in a report stays text")
    func hostile() throws {
        var report = Self.full()
        report.needsAction[0].reason = "</td><script>alert(1)</script>{{run}}"
        report.ending = "\"><svg onload=x>"
        report.brake = "{{{brake}}}"
        let document = try report.html(with: try .english())
        try expectWellFormed(document)
        #expect(!document.text.contains("<script") && !document.text.contains("<svg onload"))
    }

    @Test("the report of a month is one well-formed page with the same figures as its JSON")
    func month() throws {
        var figures = MonthFigures()
        figures.received = [
            OutcomeCount(right: .access, code: "received", count: 12), .init(right: nil, code: "received", count: 1),
        ]
        figures.answered = [
            OutcomeCount(right: .access, code: "exported", count: 9), .init(right: .erasure, code: "refused", count: 2),
        ]
        figures.closedWithoutAnswer = [OutcomeCount(right: nil, code: "refused", count: 1)]
        figures.decisions = [DecisionCount(kind: .held, role: .operator, count: 3)]
        figures.holdsInForce = 4
        let report = MonthReport(
            month: try #require(CivilMonth("2026-11")),
            zone: try #require(TimeZone(identifier: "Europe/Berlin")),
            databaseID: "d7f3a2",
            environment: .live,
            softwareVersion: "1.0.0",
            asOf: Date(timeIntervalSince1970: 1_796_166_000),
            figures: figures
        )
        #expect(report.isComplete)
        let root = try RawJSON.parse(report.json())
        #expect(root["begins_at"]?.stringValue == "2026-10-31T23:00:00.000Z")
        #expect(root["ends_at"]?.stringValue == "2026-11-30T23:00:00.000Z")
        #expect(root["received_count"]?.numberText == "13" && root["answered_count"]?.numberText == "11")
        let page = Document(
            fileName: "month.html",
            mediaType: "text/html",
            sha256: Data(),
            content: try report.html(with: try .english())
        )
        try expectWellFormed(page)
        let text = visibleText(page)
        for part in [
            "November 2026", "2026-11-01 to 2026-11-30, time zone Europe/Berlin", "unknown1", "Total13",
            "exported90009",
            "Total900211", "unknown, refused1", "legal hold placedoperator3", "In force at its end4",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("The month is not over"))
    }

    /// A report with something in every part.
    static func full() -> RunReport {
        var report = report()
        report.attention.overdue = 2
        report.retries = [.init(reason: "timeout", count: 12, nextTry: Date(timeIntervalSince1970: 1_772_892_309))]
        report.routine = [.init(.request, number: 13, right: "erasure", state: "approval", reason: "", command: "x")]
        report.unlistedRoutine = 4
        report.atRisk = 3
        report.timeliness.answered = 15
        report.timeliness.withinOneMonth = 14
        report.timeliness.withinThreeMonths = 15
        report.timeliness.late = 1
        report.timeliness.medianDays = 2
        report.outcomes = [
            OutcomeCount(right: .access, code: "exported", count: 9), .init(right: .erasure, code: "erased", count: 4),
            .init(right: nil, code: "refused", count: 1),
        ]
        report.decisions = [DecisionCount(kind: .approved, role: .approver, count: 2)]
        report.decisionsSince = Date(timeIntervalSince1970: 1_772_800_000)
        report.evidence.entries = 120
        report.evidence.signedEntries = 100
        report.evidence.signedAt = Date(timeIntervalSince1970: 1_772_800_001)
        report.slowDowns.throttledCalls = 7
        report.runID = 30
        report.trend = (1...29 as ClosedRange<Int64>).map { number in
            let start = Date(timeIntervalSince1970: 1_770_000_000 + Double(number) * 86_400)
            var figures = RunFigures(run: number, startedAt: start, endedAt: start.addingTimeInterval(600))
            guard number != 4 else { return figures }
            figures.completed = number == 29 ? 1_500 : Int(number) * 2
            (figures.failed, figures.needsAction, figures.answeredLate, figures.calls) = (1, 2, 0, 400)
            return figures
        }
        report.trend.append(report.figures)
        return report
    }

    static func report() -> RunReport {
        var counts = RunReport.Counts()
        counts.pendingAtStart = 20
        counts.arrived = 1
        counts.completed = [.noData: 2, .erased: 4, .exported: 9]
        counts.refused = 1
        counts.failed = 1
        counts.waiting = [.identity: 1, .approval: 1]
        counts.leftForNextRun = 1
        counts.takenByOthers = 1
        counts.calls = 33
        return RunReport(
            runID: 7,
            databaseID: "d7f3a2",
            host: "batch-1",
            softwareVersion: "1.0.0",
            environment: .live,
            startedAt: Date(timeIntervalSince1970: 1_772_892_309.125),
            endedAt: Date(timeIntervalSince1970: 1_772_892_409.9),
            ending: "the queue was empty",
            counts: counts,
            needsAction: [
                .init(
                    .request,
                    number: 12,
                    right: "erasure",
                    state: "residual_data",
                    reason: "<points> left",
                    ageDays: 40,
                    due: "2026-04-07",
                    isOverdue: true,
                    command: "dsr requests show 12"
                )
            ]
        )
    }
}
