import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

/// An identifier that is nearly the customer's must never be answered "no data".
@Suite("An identifier is taken exactly as given, or refused")
struct IdentifierInputTests {
    private static let commands: [[String]] = [
        ["submit", "access"], ["erase", "--ticket", "T-1", "--yes"], ["export", "--output", "-"],
        ["requests", "approve", "1", "--ticket", "T-1", "--subject"],
        [
            "requests", "hold", "--ground", "e", "--law", "case 7", "--review-on", "2099-01-01", "--ticket", "T-1",
            "--unknown-ok", "--subject",
        ],
        ["api", "inventory"], ["api", "delete-customer-data", "--yes"], ["evidence", "prove", "--subject"],
        ["api", "reserved-coupons"],
    ]

    @Test(
        "what looks like an identifier and is another one is refused by every command, as argument and on standard input",
        arguments: commands
    )
    func lookalikes(command: [String]) async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("secret-42")
            try await env.submit(.erasure, "secret-42")
            let calls = await env.sandbox.requests().count
            for (identifier, reason) in [
                (" secret-42", "begins or ends with white space"), ("secret-42 ", "begins or ends with white space"),
                ("secret-42\u{A0}", "begins or ends with white space"), ("secret-42\u{200B}", "contains U+200B"),
                ("\u{FEFF}secret-42", "byte order mark"), ("sec\u{AD}ret-42", "contains U+00AD"),
            ] {
                for ended in [
                    try await env.dsr(command + [identifier]),
                    try await env.dsr(command + ["-"], input: identifier + "\r\n"),
                ] {
                    try ended.expect(64)
                    #expect(ended.err.contains(reason) && !ended.err.contains("ret-42"), "\(ended.err)")
                }
            }
            for (input, reason) in [
                ("secret-42\nsecret-43\n", "more than one line"), ("secret-42\r\nsecret-43", "more than one line"),
                ("secret-42\rsecret-43", "more than one line"), ("secret-42\n\n", "more than one line"),
                ("", "is empty"),
                ("\n", "is empty"),
            ] {
                let ended = try await env.dsr(command + ["-"], input: input).expect(64)
                #expect(ended.err.contains(reason), "\(ended.err)")
            }
            #expect(try await env.count("select count(*) from dsr.subject_requests") == 1)
            #expect(try await env.count("select count(*) from dsr.legal_holds") == 0)
            #expect(await env.sandbox.requests().count == calls)
        }
    }

    @Test("customers in other places of the API commands are validated too")
    func operations() async throws {
        try await TestEnvironment.with { env in
            for words in [
                ["update-session", "order-7", "--profile"], ["track-event", "viewed", "--profile"],
                ["create-referral", "--campaign", "2", "--advocate"], ["create-reservation", "AUTUMN10"],
                ["delete-reservation", "AUTUMN10", "customer-1"],
                ["create-referral", "--campaign", "2", "--advocate", "customer-1", "--friend"],
            ] {
                let ended = try await env.dsr(["api"] + words + ["secret "]).expect(64)
                #expect(ended.err.contains("begins or ends with white space") && !ended.err.contains("secret"))
            }
            #expect(await env.sandbox.requests().isEmpty)
        }
    }

    @Test("bytes that are not UTF-8 are refused, on standard input and as an argument")
    func encoding() async throws {
        try await TestEnvironment.with { env in
            for command in [
                "printf 'M\\374ller' | \(TestEnvironment.binary) submit access -",
                // As PowerShell writes it: more than one line, for whoever does not look at the encoding first.
                "printf '\\377\\376M\\000u\\000ller\\000\\n\\000' | \(TestEnvironment.binary) submit access -",
                "printf 'M\\374ller' | \(TestEnvironment.binary) submit rectification anna --changes -",
                "\(TestEnvironment.binary) submit access \"$(printf 'M\\374ller')\"",
            ] {
                let ended = try await env.shell(command).expect(64)
                #expect(ended.err.contains("not valid UTF-8") && !ended.err.contains("ller"), "\(ended.err)")
            }
            let both = try await env.dsr("submit", "rectification", "-", "--changes", "-", input: "anna\n").expect(64)
            let endless = try await env.shell("yes | tr -d '\\n' | \(TestEnvironment.binary) submit access -").expect(
                64
            )
            #expect(endless.err.contains("longer than any identifier"))
            #expect(both.err.contains("cannot both be read from standard input"))
            #expect(try await env.count("select count(*) from dsr.subject_requests") == 0)
        }
    }

    @Test("an id that arrives in parts on a pipe that does not wait is read to its end")
    func slowWriter() async throws {
        try await TestEnvironment.with { env in
            let ended = try await env.shell(
                """
                (printf secret; sleep 0.5; echo -42) |
                    perl -MFcntl -e 'fcntl(STDIN, F_SETFL, O_NONBLOCK) or die; exec @ARGV' $DSR submit access -
                """
            )
            try ended.expect(0)
            #expect(try await env.requests("integration_id = 'secret-42'") == 1)
        }
    }

    @Test("standard input that cannot be read is not called an empty id")
    func unreadable() async throws {
        try await TestEnvironment.with(migrated: false) { env in
            let ended = try await env.shell("$DSR submit access - < /tmp").expect(64)
            #expect(ended.sentences == ["Error: standard input cannot be read; nothing was done"], "\(ended.err)")
        }
    }

    @Test("a replay says which lines are not identifiers and why, and reads lists from any system")
    func replay() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            for number in 1...6 { try await env.makeCustomer("c-\(number)") }
            try await env.submit((1...6).map { (.erasure, "c-\($0)") })
            try await env.dsr("run").expect(0)
            let list = env.folder + "/list"
            var bytes = Data("\u{FEFF}c-1\r\n\"c-2\"\r\nc-3 \r\n\r\n".utf8)
            bytes += Data("c\u{200B}-4\rc-5\nc-6\r\nM".utf8) + Data([0xFC]) + Data("ller\n".utf8)
            try bytes.write(to: URL(filePath: list))
            let ended = try await env.dsr(
                "replay",
                "--since",
                Date().addingTimeInterval(-86_400).formatted(.iso8601),
                "--ids",
                list,
                "--ticket",
                "T-1",
                "--queue-only"
            ).expect(1)
            #expect(ended.out.hasPrefix("Erased since then: 2 of the given customers."))
            #expect(
                ended.err.contains(
                    """
                    Skipped lines that are not valid identifiers: 5
                      line 1: the integration_id begins with a byte order mark (U+FEFF)
                      line 2: the integration_id is in quotes; write it without them
                      line 3: the integration_id begins or ends with white space
                      line 5: the integration_id contains U+200B; control characters, invisible characters and blanks \
                    other than U+0020 are not allowed
                      line 8: not valid UTF-8

                    """
                ),
                "\(ended.err)"
            )
            #expect(ended.err.contains("4 customers erased since then are not in the list"))
        }
    }
}
