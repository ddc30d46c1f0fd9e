import Foundation
import Testing

/// The tables of docs/faults.md.
@Suite("The table of faults")
struct MatrixTests {
    @Test("each row of docs/faults.md names tests that exist")
    func names() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let table = try String(contentsOf: root.appending(path: "docs/faults.md"), encoding: .utf8)
        let rows = table.split(separator: "\n").filter {
            $0.hasPrefix("|") && !$0.hasPrefix("|-") && !$0.hasPrefix("| case")
        }
        #expect(rows.count > 20)
        let sources = try Self.sources(below: root.appending(path: "Tests"))
        for row in rows {
            let names = row.split(separator: "|").last?.matches(of: /`(\w+Tests)(?:\.(\w+))?`/) ?? []
            #expect(!names.isEmpty, "\(row)")
            for name in names {
                let function = name.output.2.map { "func \($0)(" } ?? "@Test"
                let isThere = sources.contains { $0.contains("struct \(name.output.1) ") && $0.contains(function) }
                #expect(isThere, "\(name.output.0)")
            }
        }
    }

    private static func sources(below folder: URL) throws -> [String] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return try (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
    }
}
