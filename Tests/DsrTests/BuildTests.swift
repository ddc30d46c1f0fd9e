import Foundation
import TestEnvironment
import Testing

@Suite("How the binary is built")
struct BuildTests {
    @Test("symbols are bound at the start, and their table is read-only then")
    func hardened() async throws {
        try await TestEnvironment.with(migrated: false) { env in
            let dynamic = try await env.shell("readelf --dynamic --program-headers --wide $DSR").expect(0).out
            #expect(dynamic.contains("BIND_NOW") || dynamic.contains(/Flags:.* NOW/))
            #expect(dynamic.contains("GNU_RELRO") && !dynamic.contains(/GNU_STACK.*RWE/))
        }
    }

    @Test("the manifest names exact versions, and every package has its licence")
    func manifest() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        let packages = manifest.matches(of: /\.package\(url: "[^"]*", ([a-z]*):/).map { $0.1 }
        #expect(packages.count > 10 && packages.allSatisfy { $0 == "exact" })
        let checkouts = root.appending(path: ".build/checkouts").path
        for package in try FileManager.default.contentsOfDirectory(atPath: checkouts) {
            let files = try FileManager.default.contentsOfDirectory(atPath: checkouts + "/" + package)
            #expect(files.contains { $0.uppercased().hasPrefix("LICENSE") }, "\(package)")
        }
    }
}
