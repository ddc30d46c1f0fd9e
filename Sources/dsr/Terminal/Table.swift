/// Rows under headings: aligned columns on a terminal, tab-separated lines without headings in a pipe.
struct Table {
    let headings: [String]
    /// Cells may hold text from outside; they are printed as ``Swift/String/printable``.
    var rows: [[String]] = []

    init(_ headings: [String]) {
        self.headings = headings
    }

    func text(aligned: Bool) -> String {
        let rows = rows.map { $0.map(\.printable) }
        let lines = [headings] + rows
        guard aligned else {
            return rows.map { $0.joined(separator: "\t") }.joined(separator: "\n")
        }
        let widths = headings.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ").trimmingTrailingSpaces()
        }.joined(separator: "\n")
    }

    func print() {
        guard !rows.isEmpty || Terminal.stdoutIsTTY else { return }
        Terminal.out(text(aligned: Terminal.stdoutIsTTY))
    }
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
    }
}
