import Foundation
import SubjectRequests
import TestEnvironment
import Testing

@Suite("A file is never replaced by other bytes")
struct DeliveredFileTests {
    @Test("the letter of another customer under the same name stays, the run names it, and all others are delivered")
    func conflict() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomers(2)
            try await env.submit((.access, "customer-1"), (.access, "customer-2"))
            let id = try await env.databaseID()
            // As after a restored backup: number 1 was another request before.
            let taken = "\(id)-request-1-letter.html"
            try env.write("the answer to another customer", to: taken)
            let run = try await env.dsr("run").expect(1)
            #expect(run.err.contains(taken) && run.err.contains("nothing was replaced"))
            #expect(run.out.contains("1 still to deliver"))
            #expect(env.file(taken) == Data("the answer to another customer".utf8))
            for name in ["request-1-export.json", "request-2-letter.html", "request-2-export.json", "run-1.json"] {
                #expect(env.file("\(id)-\(name)") != nil, "\(name)")
            }
            try await env.dsr("reports", "deliver").expect(1)
            #expect(env.file(taken) == Data("the answer to another customer".utf8))

            try FileManager.default.removeItem(atPath: "\(env.reports)/\(taken)")
            try await env.dsr("reports", "deliver").expect(0)
            let letter = try #require(env.file(taken))
            #expect(String(decoding: letter, as: UTF8.self).contains("customer-1"))
        }
    }

    @Test("a single export or erasure whose document meets another file is done, names the file, and is no success")
    func singleRequest() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomers(2)
            let id = try await env.databaseID()
            let names = ["\(id)-request-1-letter.html", "\(id)-request-2-confirmation.html"]
            for name in names { try env.write("another answer", to: name) }
            let output = env.folder + "/customer-1.json"
            let export = try await env.dsr("export", "customer-1", "--output", output).expect(1)
            #expect(export.err.contains(names[0]) && FileManager.default.fileExists(atPath: output))
            let erasure = try await env.dsr("erase", "customer-2", "--ticket", "T-1", "--yes").expect(1)
            #expect(erasure.err.contains(names[1]) && erasure.out.contains("erased"))
            #expect(names.allSatisfy { env.file($0) == Data("another answer".utf8) })
        }
    }

    @Test("a restored database does not replace what was delivered under its numbers, the run report included")
    func restored() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomers(2)
            let id = try await env.databaseID()
            try await env.submit(.access, "customer-1")
            try await env.dsr("run").expect(0)
            let (letter, report) = (env.file("request-1-letter.html"), env.file("run-1.json"))
            #expect(letter != nil && report != nil)
            try await env.script(
                """
                drop schema dsr cascade; create schema dsr
                """
            )
            try await env.dsr("migrate").expect(0)
            try await env.script("update dsr.deployment set database_id = '\(id)'")
            try await env.submit(.access, "customer-2")
            let run = try await env.dsr("run").expect(1)
            for name in ["request-1-letter.html", "request-1-export.json", "run-1.json", "run-1.html"] {
                #expect(run.err.contains("\(id)-\(name)"), "\(name)")
            }
            #expect(env.file("request-1-letter.html") == letter)
            #expect(env.file("run-1.json") == report)
        }
    }

    @Test("the same bytes are the crash between writing and recording: the document counts as delivered")
    func sameBytes() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            try await env.dsr("run").expect(0)
            try await env.sql("update dsr.reports set delivered_at = null")
            #expect(try await env.dsr("reports", "deliver").expect(0).out.contains("Documents written: 4."))
            #expect(try await env.count("select count(*) from dsr.reports where delivered_at is null") == 0)
        }
    }

    @Test("the report directory of another database is refused before anything is claimed")
    func anotherDatabase() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("run").expect(0)
            let id = try await env.databaseID()
            try await TestEnvironment.with { other in
                try await other.submit(.access, "nobody")
                let ownID = try await other.databaseID()
                for words in [["run"], ["reports", "deliver"]] {
                    let refused = try await other.dsr(words, setting: ["DSR_REPORTS_DIRECTORY": env.reports]).expect(78)
                    #expect(refused.err.contains("the report directory belongs to database \(id)"))
                    #expect(refused.err.contains("this is database \(ownID)"))
                }
                #expect(try await other.ending(of: 1) == "pending -")
            }
        }
    }

    @Test("a report directory with a relative name of one character is written, and its parent is checked")
    func shortName() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            let script = "mkdir -p -m 700 \(env.reports)/r && cd \(env.reports) && $DSR run && ls r"
            let ended = try await env.shell(script, setting: ["DSR_REPORTS_DIRECTORY": "r"]).expect(0)
            #expect(ended.out.contains("request-1-letter.html"), "\(ended.out)")
        }
    }

    @Test("a document is fetched by its name with and without the database's id")
    func fetched() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            try await env.dsr("run").expect(0)
            let id = try await env.databaseID()
            for name in ["request-1-export.json", "\(id)-request-1-export.json"] {
                let export = try await env.dsr("reports", "get", name, "--output", "-").expect(0)
                #expect(export.out.contains(#""\#(id)-1""#), "\(export.out)")
            }
        }
    }
}

extension TestEnvironment {
    /// Writes a file to the report directory.
    fileprivate func write(_ text: String, to name: String) throws {
        try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: "\(reports)/\(name)"))
    }
}
