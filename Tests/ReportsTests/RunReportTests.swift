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
            root.members.map(\.name).prefix(9) == [
                "run", "database", "host", "version", "environment", "started_at", "ended_at", "ending", "balances",
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
            "Answered after the last lawful date3", "Requests past their answer-by date2",
            "Erasures are on hold: 70 erasures are due.",
        ] {
            #expect(text.contains(part), "\(part)")
        }
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
