import Foundation
import Glibc
import SubjectRequests
import TestEnvironment
import Testing

/// What the database says of a document is data: never a path, and never the bytes that were recorded.
@Suite("Attacks on the delivery of documents")
struct DeliveryAttackTests {
    /// Puts a document into the database, as whoever can write one row can.
    private static func insert(_ name: String, _ content: String, into env: TestEnvironment) async throws {
        let rules = try await env.texts(
            "select conname::text as t from pg_constraint where conrelid = 'dsr.reports'::regclass and contype = 'c'"
        )
        let open = rules.map { "alter table dsr.reports drop constraint \"\($0)\"; " }.joined()
        try await env.tamper(
            """
            \(open)insert into dsr.reports (run_id, file_name, media_type, sha256, byte_count, content)
            select min(id), E'\(name)', 'x', sha256('\(content)'), octet_length('\(content)'), '\(content)' from dsr.runs
            """
        )
    }

    @Test("no name from the database leads to another place, is repeated, or holds back the other documents")
    func names() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("run").expect(0)
            let id = try await env.databaseID()
            let target = env.folder + "/victim"
            try Data("untouched".utf8).write(to: URL(filePath: target))
            let names = [
                "../victim", target, "\(id)-request-1-/../../victim", "\(id)-request-1-x\\n../victim", ".dsr-database",
                "..", "",
                "\(id)-request-1-export.json/x", "victim", "\(id)-request-1-EXPORT.json",
                "000000-request-1-export.json",
                "\(id)-request-1-\\u202Egpj.html", "\(id)-request-1-\(String(repeating: "a", count: 300))",
                "-rf", "\(id)-request-1-x\\x1b[2J.html", "\(id)-request--1-export.json", "\(id)-request-1-..", "~",
            ]
            for name in names { try await Self.insert(name, "attack", into: env) }
            try await env.submit(.access, "nobody")
            let run = try await env.dsr("run").expect(1)
            #expect(run.err.contains("file names of documents"), "\(run.err)")
            let said = run.err + run.out
            #expect(!said.contains("victim") && !said.contains("\u{1b}"))
            #expect(FileManager.default.contents(atPath: target) == Data("untouched".utf8))
            #expect(env.file("request-1-export.json") != nil && env.file("request-1-letter.html") != nil)
            let files = try FileManager.default.contentsOfDirectory(atPath: env.reports)
            #expect(files.filter { $0.hasPrefix("\(id)-r") }.count == 6 && files.count == 7, "\(files)")
            let undelivered = try await env.count("select count(*) from dsr.reports where delivered_at is null")
            #expect(undelivered == names.count)
            let report = try await env.dsr("reports", "deliver").expect(1)
            #expect(report.err.contains("find out who changed dsr.reports"))
        }
    }

    @Test("bytes that are not those that were recorded are not written, not fetched, and named every night")
    func altered() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            try await env.dsr("run").expect(0)
            let id = try await env.databaseID()
            try await env.sql("alter table dsr.reports drop constraint content_is_what_was_recorded")
            let changes = [
                "content = content || 'x'", "content = ''", "sha256 = sha256('x')", "byte_count = byte_count + 1",
                "content = 'forged', byte_count = 6",
            ]
            for change in changes {
                try await env.tamper(
                    """
                    create table if not exists public.kept as select * from dsr.reports;
                    update dsr.reports set delivered_at = null, \(change) where file_name like '%request-1-export.json';
                    update dsr.reports set delivered_at = null where file_name like '%letter.html'
                    """
                )
                for name in ["export.json", "letter.html"] {
                    try FileManager.default.removeItem(atPath: "\(env.reports)/\(id)-request-1-\(name)")
                }
                let run = try await env.dsr("run").expect(1)
                #expect(run.err.contains("recorded of \(id)-request-1-export.json"), "\(run.err)")
                #expect(env.file("request-1-export.json") == nil && env.file("request-1-letter.html") != nil)
                let get = try await env.dsr("reports", "get", "request-1-export.json", "--output", "-").expect(1)
                #expect(get.out.isEmpty && get.err.contains("SHA-256"))
                try await env.tamper(
                    """
                    update dsr.reports r set content = k.content, sha256 = k.sha256, byte_count = k.byte_count
                    from public.kept k where k.id = r.id
                    """
                )
                #expect(try await env.dsr("reports", "deliver").expect(0).out.contains("Documents written: 1."))
            }
        }
    }

    @Test("a directory, a link or a pipe under a document's name holds back that document only")
    func occupied() async throws {
        try await TestEnvironment.with { env in
            let id = try await env.databaseID()
            mkdir(env.reports, 0o700)
            mkdir("\(env.reports)/\(id)-request-1-export.json", 0o700)
            symlink(env.folder + "/elsewhere", "\(env.reports)/\(id)-request-2-export.json")
            mkfifo("\(env.reports)/\(id)-request-3-export.json", 0o600)
            for number in 1...4 { try await env.submit(.access, "nobody-\(number)") }
            let run = try await env.dsr("run").expect(1)
            for number in 1...3 { #expect(run.err.contains("\(id)-request-\(number)-export.json"), "\(run.err)") }
            for number in 1...4 { #expect(env.file("request-\(number)-letter.html") != nil) }
            #expect(env.file("request-4-export.json") != nil)
            #expect(!FileManager.default.fileExists(atPath: env.folder + "/elsewhere"))
        }
    }

    @Test("a document that is larger than a file may be holds back no other, and does not end the program")
    func tooLarge() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("run").expect(0)
            let name = "\(try await env.databaseID())-request-7-export.json"
            try await Self.insert(name, "", into: env)
            try await env.tamper(
                """
                update dsr.reports set content = large.bytes, sha256 = sha256(large.bytes), byte_count = 100000
                from convert_to(repeat('x', 100000), 'utf8') as large (bytes) where file_name = '\(name)'
                """
            )
            try await env.submit(.access, "nobody")
            let run = try await env.shell("ulimit -f 64; $DSR run").expect(1)
            #expect(run.err.contains("File too large (\(name))"), "\(run.err)")
            #expect(env.file("request-1-export.json") != nil && env.file("request-1-letter.html") != nil)
            #expect(try await env.dsr("reports", "deliver").expect(0).out.contains("Documents written: 1."))
        }
    }

    @Test(
        "a report directory that others can change is refused before anything is claimed",
        arguments: [0o777, 0o1777, 0o770] as [mode_t]
    )
    func writable(mode: mode_t) async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            mkdir(env.reports, 0o700)
            chmod(env.reports, mode)
            for words in [["run"], ["run", "--dry-run"], ["reports", "deliver"]] {
                let refused = try await env.dsr(words).expect(78)
                #expect((refused.err + refused.out).contains("run 'chmod go-w' on it"), "\(refused.err)")
            }
            #expect(try await env.ending(of: 1) == "pending -")
            chmod(env.reports, 0o750)
            try await env.dsr("run").expect(0)
        }
    }

    @Test("what a killed writer left is gone after the next run")
    func unfinished() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("run").expect(0)
            let part = "\(env.reports)/.dsr-\(UUID().uuidString).part"
            try Data("half of an export".utf8).write(to: URL(filePath: part))
            try await env.dsr("run").expect(0)
            #expect(!FileManager.default.fileExists(atPath: part))
        }
    }

    @Test("the checkpoint directory of another database, or one that others can change, gets no checkpoint")
    func checkpoints() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.dsr("run").expect(0)
            let id = try await env.databaseID()
            let directory = keys.checkpoints
            let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            try await TestEnvironment.withEvidence { other, _ in
                let run = try await other.dsr(["run"], setting: ["DSR_EVIDENCE_DIRECTORY": directory]).expect(1)
                #expect(run.err.contains("the checkpoint directory belongs to database \(id)"), "\(run.err)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == files)
            }
            chmod(directory, 0o777)
            let run = try await env.dsr("run").expect(1)
            #expect(run.err.contains("other users can write to the checkpoint directory"), "\(run.err)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == files)
        }
    }
}
