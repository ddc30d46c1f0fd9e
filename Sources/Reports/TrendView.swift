import Foundation
import SubjectRequests

/// The last runs in charts, and the same figures in a table for those who do not see them.
struct TrendView {
    struct Row {
        let run, started, duration: String
        let completed, failed, needsAction, late, calls: String
        let crashed: Bool
    }

    let hasCharts: Bool
    let count: String
    let charts: [TrendChart]
    /// The latest run first.
    let rows: [Row]

    init(_ trend: [RunFigures], _ labels: Labels) {
        count = trend.count.grouped
        // One run is no trend.
        hasCharts = trend.count > 1
        charts = [
            TrendChart("completed", labels, trend, \.completed),
            TrendChart("needs_action", labels, trend, \.needsAction),
            TrendChart("answered_late", labels, trend, \.answeredLate),
            TrendChart("minutes", labels, trend) { $0.crashed ? nil : ($0.seconds + 59) / 60 },
        ]
        rows = trend.reversed().map { run in
            Row(
                run: String(run.run),
                started: Timestamps.compact(run.startedAt),
                duration: SpeedView.readable(run.seconds),
                completed: Self.text(run.completed),
                failed: Self.text(run.failed),
                needsAction: Self.text(run.needsAction),
                late: Self.text(run.answeredLate),
                calls: Self.text(run.calls),
                crashed: run.crashed
            )
        }
    }

    private static func text(_ number: Int?) -> String { number?.grouped ?? "no report" }
}

/// A bar chart of one figure, a bar for each run. Its numbers are coordinates of a view box of 320 by 120.
struct TrendChart {
    struct Bar {
        let x, y, width, height: String
        /// The run of the report.
        let isLast: Bool
        /// There is no figure, since the run crashed: a mark is shown instead of the bar.
        let isMissing: Bool
        /// The middle of the bar.
        let middle: String
    }

    let id, title, summary: String
    let highest, firstRun, lastRun: String
    let bars: [Bar]

    private static let width = 320.0, top = 24.0, bottom = 98.0

    init(_ id: String, _ labels: Labels, _ trend: [RunFigures], _ figure: (RunFigures) -> Int?) {
        let values = trend.map(figure)
        let known = values.compactMap(\.self)
        let maximum = known.max() ?? 0
        // A few bars do not fill the width, so that a bar of two runs is not taken for an area.
        let slot = min(Self.width / Double(max(trend.count, 1)), 24)
        self.id = id
        title = labels.report("trend.\(id)") ?? id
        highest = maximum.grouped
        firstRun = trend.first.map { "run \($0.run)" } ?? ""
        lastRun = trend.last.map { "run \($0.run)" } ?? ""
        bars = values.enumerated().map { place, value in
            let height = maximum > 0 ? Double(value ?? 0) / Double(maximum) * (Self.bottom - Self.top) : 0
            let x = Double(place) * slot
            return Bar(
                x: Self.text(x + slot * 0.1),
                y: Self.text(Self.bottom - height),
                width: Self.text(slot * 0.8),
                height: Self.text(height),
                isLast: place == values.count - 1,
                isMissing: value == nil,
                middle: Self.text(x + slot / 2)
            )
        }
        let missing = values.count - known.count
        summary =
            "\(title) of \(values.count) runs, from \(firstRun) to \(lastRun): lowest \((known.min() ?? 0).grouped), "
            + "highest \(maximum.grouped), last \(values.last.flatMap(\.self)?.grouped ?? "no report")."
            + (missing > 0 ? " No report of \(missing.grouped) of them." : "")
            + " The table below has all figures."
    }

    /// A coordinate with one decimal and a point, whatever the locale.
    private static func text(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
