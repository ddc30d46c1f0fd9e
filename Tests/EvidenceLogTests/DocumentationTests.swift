import EvidenceLog
import Foundation
import Testing

@Suite("docs/evidence-log.md")
struct DocumentationTests {
    private static let isRequired = ProcessInfo.processInfo.environment["DSR_TEST_PYTHON"] == "required"
    private static let hasTools = ["python3", "openssl"].allSatisfy { tool in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
        }
    }

    @Test(
        "the commands for checking a receipt by hand accept a valid receipt and reject changed ones",
        .enabled(if: hasTools || isRequired, "python3 or openssl is not installed"),
        arguments: [(0, 1), (0, 13), (5, 8), (11, 13), (12, 13), (300, 600)]
    )
    func receiptByHand(index: Int, size: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dsr-test-receipt-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.block("python").write(
            to: folder.appending(path: "check-receipt.py"),
            atomically: true,
            encoding: .utf8
        )
        let receipt = folder.appending(path: "4ed110-request-42.tlog-proof")
        func check(_ text: String) throws -> (signature: Bool, entry: String?) {
            try text.write(to: receipt, atomically: true, encoding: .utf8)
            let signature = try Self.run("set -e\n" + Self.block("sh", containing: "openssl"), in: folder)
            let entry = try Self.run("python3 check-receipt.py 4ed110-request-42.tlog-proof 2>/dev/null", in: folder)
            return (signature.succeeded, entry.succeeded ? entry.output : nil)
        }

        let valid = try Self.receipt(index, size)
        let result = try check(valid)
        #expect(result.signature)
        #expect(result.entry == "{\"index\":\(index)}\n")
        let otherEntry = valid.replacing(
            Data("{\"index\":\(index)}".utf8).base64EncodedString(),
            with: Data("{\"index\":\(index + 1)}".utf8).base64EncodedString()
        )
        #expect(try check(otherEntry).entry == nil)
        let otherSize = valid.replacing("\n\(size)\n", with: "\n\(size + 1)\n")
        #expect(try !check(otherSize).signature)
    }

    private static func receipt(_ index: Int, _ size: Int) throws -> String {
        let entries = (0..<size).map { Data("{\"index\":\($0)}".utf8) }
        let key = try SigningKey(Fixtures.logSecret)
        var builder = TileBuilder()
        let tiles = builder.append(contentsOf: entries.map { TreeHash.leaf($0) })
        let checkpoint = try Checkpoint(origin: key.verifierKey.name, size: size, root: builder.root)
        let inclusion = try InclusionProof(index: index, size: size, tiles: TileSet(tiles))
        let proof = try LogProof(
            extra: entries[index],
            index: index,
            hashes: inclusion.hashes,
            note: try key.sign(checkpoint)
        )
        return String(decoding: proof.data, as: UTF8.self)
    }

    /// The first code block in this language that contains a word.
    private static func block(_ language: String, containing word: String = "") throws -> String {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/evidence-log.md")
        let text = try String(contentsOf: page.standardized, encoding: .utf8)
        let blocks = text.components(separatedBy: "```\(language)\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        return try #require(blocks.first { word.isEmpty || $0.contains(word) })
    }

    private static func run(_ script: String, in folder: URL) throws -> (succeeded: Bool, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(["LOG_VKEY": Fixtures.logKey]) { $1 }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus == 0, String(decoding: text, as: UTF8.self))
    }
}
