import Foundation
import Glibc
import SubjectRequests
import Subprocess
import SystemPackage
import TestEnvironment
import Testing

@testable import dsr

@Suite("What did not arrive is not called done")
struct OutputTests {
    @Test(
        "output that does not fit is an error, whichever command wrote it",
        arguments: ["run", "run --json", "requests list", "migrate --status", "grants", "--help", "requests show 1"]
    )
    func full(_ words: String) async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            let ended = try await env.shell("$DSR \(words) > /dev/full").expect(1)
            #expect(ended.sentences.last?.contains("standard output: No space left on device") == true)
        }
    }

    @Test("an export that does not arrive is not called exported")
    func export() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            for target in ["> /dev/full", ">&-"] {
                let ended = try await env.shell("$DSR export anna --output - \(target)").expect(1)
                #expect(ended.sentences.count == 1 && !ended.err.contains("exported,"), "\(ended.err)")
            }
            #expect(
                try await env.requests("true") == 1,
                "nothing is done where standard output is closed from the start"
            )
        }
    }

    @Test("an output file may have a name of one character")
    func shortName() async throws {
        try await TestEnvironment.with { env in
            let ended = try await env.shell(
                "cd \"$FOLDER\" && $DSR export nobody --output x && cat x",
                setting: ["FOLDER": env.folder]
            )
            #expect(try ended.expect(0).out.contains("dsr_export"))
        }
    }

    /// Names that cannot become a file with the export, or must not.
    @Test(
        "an output that cannot be a new file is refused before anything is done",
        arguments: [
            "''", "$FOLDER/new/", "$FOLDER --force", "$FOLDER/pipe --force", "$FOLDER/link --force", "$FOLDER/no/x",
        ]
    )
    func noFile(_ output: String) async throws {
        try await TestEnvironment.with { env in
            let ended = try await env.shell(
                "mkfifo $FOLDER/pipe; ln -s /dev/null $FOLDER/link; $DSR export nobody --output \(output)",
                setting: ["FOLDER": env.folder]
            )
            #expect(try ended.expect(64).sentences.last?.hasSuffix(". Nothing was done") == true, "\(ended.err)")
            #expect(try await env.requests("true") == 0)
        }
    }

    @Test("a pipe that is full for now is waited for")
    func slowReader() async throws {
        try await TestEnvironment.with { env in
            let long = String(repeating: "x", count: 120_000)
            try await env.dsr("api", "update-profile", "anna", "--attributes", #"{"Name":"\#(long)"}"#).expect(0)
            let (reader, writer) = try Self.pipe()
            try #require(fcntl(writer.rawValue, F_SETFL, O_NONBLOCK) == 0)
            let content = Task.detached {
                var waiting: Int32 = 0
                // The first part fills the pipe; what follows finds it full.
                while waiting < 65_536 {
                    guard ioctl(reader.rawValue, UInt(FIONREAD), &waiting) == 0 else { break }
                    await Task.yield()
                }
                return try FileHandle(fileDescriptor: reader.rawValue, closeOnDealloc: true).readToEnd() ?? Data()
            }
            let ended = try await Self.run(env, ["export", "anna", "--output", "-"], to: writer)
            #expect(ended == .exited(0))
            let whole = try await content.value
            #expect(whole.count > 120_000 && whole.last == UInt8(ascii: "\n"))
        }
    }

    @Test("a reader that has gone ends the command quietly")
    func closedPipe() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            let (reader, writer) = try Self.pipe()
            try reader.close()
            let ended = try await Subprocess.run(
                .path(FilePath(TestEnvironment.binary)),
                arguments: ["requests", "list"],
                environment: .inherit.updating(Self.values(env)),
                output: .fileDescriptor(writer, closeAfterSpawningProcess: true),
                error: .string(limit: 1 << 20)
            )
            #expect(ended.terminationStatus == .exited(1))
            #expect(ended.standardError == "")
        }
    }

    @Test("standard streams that are closed never become a file or a connection")
    func closedStreams() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            try await env.shell("$DSR run <&- >&- 2>&-").expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
        }
    }

    // MARK: - Arguments and files

    @Test("arguments that the system does not pass on are not taken for none", .enabled(if: mayUnmount))
    func withoutProc() async throws {
        let script = "unshare -m bash -c 'umount -l /proc; $0 \"$@\"' $DSR"
        try await TestEnvironment.with(migrated: false) { env in
            for words in ["run", ""] {
                let ended = try await env.shell("\(script) \(words)").expect(78)
                #expect(ended.out.isEmpty && ended.err.contains("did not pass the command line on"))
            }
        }
    }

    @Test("a process that may not start the threads it needs says so at once, and does not wait for them")
    func withoutThreads() async throws {
        try await TestEnvironment.with(migrated: false) { env in
            // The limit does not apply to root. Another user may not be able to enter the folder of the program.
            let other = "exec 9<$DSR; $([ $(id -u) = 0 ] && echo setpriv --reuid=65534 --clear-groups)"
            for limit in [1, 2, 6] {
                let ended = try await env.shell("\(other) prlimit --nproc=\(limit) /proc/self/fd/9 run").expect(78)
                #expect(ended.err.contains("more thread") && ended.err.contains("ulimit -u"))
            }
        }
    }

    @Test("a process that may open too few files says so, and does not crash")
    func fewDescriptors() async throws {
        try await TestEnvironment.with(migrated: false) { env in
            let ended = try await env.shell("ulimit -n 6; $DSR requests list").expect(78)
            #expect(ended.sentences.last?.contains("may open no more than 6 files") == true, "\(ended.err)")
        }
    }

    @Test("a program that is started without its own name has lost its arguments")
    func withoutName() async throws {
        try await TestEnvironment.with(migrated: false) { env in
            try await env.shell("exec -a '' $DSR").expect(78)
            try await env.shell("exec -a '' $DSR --version").expect(0)
        }
    }

    private static let mayUnmount: Bool = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let effective = status.firstMatch(of: /CapEff:\s*([0-9a-f]+)/).flatMap { UInt64($0.1, radix: 16) } ?? 0
        return effective & (1 << 21) != 0
    }()

    @Test("secrets, settings and receipts may come from a pipe")
    func pipes() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            let key = ["TALON_ONE_API_KEY": nil, "TALON_ONE_API_KEY_FILE": "/dev/stdin"] as [String: String?]
            let access = "echo sandbox | $DSR export nobody --output - --config <(echo 'concurrency: 2')"
            try await env.shell(access, setting: key).expect(0)
            let receipt = try await env.receipt(of: 1)
            try await env.shell("$DSR evidence check <(cat \(receipt)) --key '\(keys.log)'").expect(0)
        }
    }

    // MARK: - Safeguards

    @Test("a run says first which gates and brakes are on, and which are off")
    func safeguards() async throws {
        try await TestEnvironment.with { env in
            let off = try await env.dsr(
                "run",
                setting: ["DSR_BRAKE_MAXIMUM_ERASURES": "0", "DSR_BRAKE_SPIKE_FACTOR": "0"]
            )
            #expect(
                try off.expect(0).err.contains(
                    """
                    Gates: identity off; approval of erasures off; waiting period of erasures off
                    Brakes on erasures: maximum off; unusual number off

                    """
                )
            )
            let settings = [
                "DSR_GATES_IDENTITY": "true", "DSR_GATES_TRUSTED_CHANNELS": "web,phone", "DSR_GATES_APPROVAL": "true",
                "DSR_GATES_ERASURE_WAIT_DAYS": "7",
            ]
            let on = try await env.dsr("run", "--allow-spike", "T-1", setting: settings).expect(0).err
            #expect(
                on.contains(
                    """
                    Gates: identity on, trusted channels phone, web; approval of erasures on; waiting period of erasures on, 7 days
                    Brakes on erasures: maximum 1,000; unusual number on, more than 10 times the usual number, and more \
                    than 50; switched off for this run by --allow-spike

                    """
                )
            )
        }
    }

    // MARK: - Limits

    @Test("the limit of descriptors is raised to the hard one, and a concurrency above that is refused")
    func descriptors() async throws {
        try await TestEnvironment.with { env in
            try await env.submit(.access, "nobody")
            try await env.shell("ulimit -Sn 24; $DSR run").expect(0)
            let ended = try await env.shell("ulimit -n 200; $DSR run", setting: ["DSR_CONCURRENCY": "300"]).expect(78)
            #expect(ended.err.contains("concurrency (DSR_CONCURRENCY) is 300") && ended.err.contains("ulimit -Hn"))
        }
    }

    // MARK: - Helpers

    private static func pipe() throws -> (reader: FileDescriptor, writer: FileDescriptor) {
        let ends = try FileDescriptor.pipe()
        return (ends.readEnd, ends.writeEnd)
    }

    private static func run(_ env: TestEnvironment, _ words: [String], to writer: FileDescriptor) async throws
        -> TerminationStatus
    {
        try await Subprocess.run(
            .path(FilePath(TestEnvironment.binary)),
            arguments: Arguments(words),
            environment: .inherit.updating(values(env)),
            output: .fileDescriptor(writer, closeAfterSpawningProcess: true),
            error: .discarded
        ).terminationStatus
    }

    private static func values(_ env: TestEnvironment) -> [Subprocess.Environment.Key: String?] {
        Dictionary(
            uniqueKeysWithValues: env.variables.map { (Subprocess.Environment.Key(stringLiteral: $0.key), $0.value) }
        )
    }
}
