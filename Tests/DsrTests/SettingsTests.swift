import Foundation
import SubjectRequests
import TalonOne
import Testing

@testable import dsr

@Suite("Every setting is read, or refused with a sentence")
struct SettingsTests {
    // MARK: - Sources

    @Test("a variable overrides the file, and the file overrides the default")
    func order() async throws {
        #expect(try await settings()[RunSettings.concurrency] == 16)
        #expect(try await settings(yaml: "concurrency: 4")[RunSettings.concurrency] == 4)
        #expect(
            try await settings(["DSR_CONCURRENCY": "2"], yaml: "concurrency: 4")[RunSettings.concurrency] == 2
        )
    }

    @Test("an empty variable counts as not set, be it known or not")
    func empty() async throws {
        let settings = try await settings(
            ["DSR_CONCURRENCY": "", "DSR_CONCURENCY": "", "DSR_GATES_APPROVAL": "", "TALON_ONE_API_KEY": ""],
            yaml: "{concurrency: 4, gates: {approval: true}, talonOne: {apiKey: k}}"
        )
        #expect(settings[RunSettings.concurrency] == 4)
        #expect(settings[GateSettings.approval] == true)
        #expect(try settings[TalonOneSettings.apiKey]?.read() == "k")
    }

    @Test("variables of the test suite and of other programs are left alone")
    func foreign() async throws {
        _ = try await settings([
            "DSR_CONFIG": "x", "DSR_TEST_PYTHON": "required", "DSR_SOAK_SEED": "7", "PGHOST": "x", "DSRX": "x",
            "DSR_SERVICE_HOST": "x", "DSR_PORT": "x", "DSR_SANDBOX_PORT": "x", "DSR_PORT_80_TCP_ADDR": "x",
            "TALON_ONE_SERVICE_PORT_HTTPS": "x", "TALON_ONE_SERVICE_PORT": "x", "TALON_ONE_PORT_443_TCP": "x",
        ])
    }

    @Test("every default is a value that the setting takes")
    func defaults() async throws {
        let settings = try await settings()
        for row in SettingsTable.rows {
            guard case .value(let text) = row.standard else { continue }
            _ = try row.value(of: .text(text))
        }
        #expect(settings[DeadlineSettings.timeZone] == "GMT")
        #expect(settings[GateSettings.approval] == false)
        #expect(settings[CallSettings.timeout] == .seconds(30))
        #expect(settings[TalonOneSettings.sections] == nil)
    }

    @Test("the variable's name follows from the key's, so that one tells the other")
    func names() {
        for row in SettingsTable.rows {
            let words = row.name.key.replacing(/[A-Z]/) { "_" + $0.output }.replacing(".", with: "_").uppercased()
            #expect(row.name.variable == (words.hasPrefix("TALON_ONE_") ? words : "DSR_" + words))
        }
        #expect(Set(SettingsTable.rows.map(\.name)).count == SettingsTable.rows.count)
    }

    // MARK: - Lists

    @Test("one text where a list is expected is a list of one, so that no gate is silently off")
    func oneText() async throws {
        let settings = try await settings(
            yaml: "gates:\n  trustedChannels: web\ncontroller:\n  contact: Street 1, Berlin"
        )
        #expect(settings[GateSettings.trustedChannels] == ["web"])
        #expect(settings[ControllerSettings.contact] == ["Street 1, Berlin"])
    }

    @Test("a list is a YAML sequence, or a variable with commas")
    func lists() async throws {
        let inFile = try await settings(yaml: "gates:\n  trustedChannels: [web, phone]\nsections: [profile, loyalty]")
        #expect(inFile[GateSettings.trustedChannels] == ["web", "phone"])
        #expect(inFile[TalonOneSettings.sections] == [.profile, .loyalty])
        let inVariables = try await settings([
            "DSR_GATES_TRUSTED_CHANNELS": "web, phone", "DSR_SECTIONS": "profile,coupons",
        ])
        #expect(inVariables[GateSettings.trustedChannels] == ["web", "phone"])
        #expect(inVariables[TalonOneSettings.sections] == [.profile, .coupons])
        #expect(try await settings(yaml: "gates: {trustedChannels: []}")[GateSettings.trustedChannels] == [])
    }

    // MARK: - What is refused

    /// A file, and the start of the sentence that refuses it.
    @Test(
        "what the file holds and dsr does not know or cannot read is refused with both spellings",
        arguments: [
            (
                "gates:\n  aproval: true",
                "unknown setting gates.aproval in the configuration file; did you mean gates.approval (DSR_GATES_APPROVAL)?"
            ),
            ("colour: red", "unknown setting colour in the configuration file; remove it, or correct its name"),
            (
                "gates: true",
                "gates in the configuration file must be a group of settings, for example with gates.identity"
            ),
            (
                "noData: 30",
                "noData in the configuration file must be a group of settings, for example with noData.keepDays"
            ),
            ("gates:\n  approval: perhaps", "gates.approval (DSR_GATES_APPROVAL) must be true or false"),
            ("gates:\n  approval: [true]", "gates.approval (DSR_GATES_APPROVAL) must be true or false, and not a list"),
            (
                "gates:\n  approval:\n    erasure: true",
                "unknown setting gates.approval.erasure in the configuration file; remove it, or correct its name"
            ),
            (
                "gates:\n  approval:",
                "gates.approval (DSR_GATES_APPROVAL) has no value in the configuration file; give it one, or remove it"
            ),
            (
                "gates:\n  trustedChannels: 'web, phone'",
                "gates.trustedChannels (DSR_GATES_TRUSTED_CHANNELS) must be a name or a list of names, for example "
                    + "[web, phone] in the file, or web,phone in the variable"
            ),
            (
                "gates:\n  trustedChannels: ['']",
                "gates.trustedChannels (DSR_GATES_TRUSTED_CHANNELS) must be a name or a list of names, and no entry "
                    + "may be empty"
            ),
            (
                "gates:\n  trustedChannels: [web, ~]",
                "gates.trustedChannels (DSR_GATES_TRUSTED_CHANNELS) must be a name or a list of names, and no entry "
                    + "may be empty"
            ),
            (
                "sections: [profile, wallet]",
                "sections (DSR_SECTIONS) must be a list of profile, referrals, coupons, loyalty, giveaways or achievements"
            ),
            ("concurrency: 1_000", "concurrency (DSR_CONCURRENCY) must be a whole number from 1 to 1,024"),
            ("concurrency: 0x10", "concurrency (DSR_CONCURRENCY) must be a whole number from 1 to 1,024"),
            ("concurrency: 2000", "concurrency (DSR_CONCURRENCY) must be a whole number from 1 to 1,024"),
            (
                "suspension: {effect: stop}",
                "suspension.effect (DSR_SUSPENSION_EFFECT) must be pause, restart or none"
            ),
            (
                "talonOne: {apiKeyFile: [a]}",
                "talonOne.apiKeyFile (TALON_ONE_API_KEY_FILE) must be a path, and not a list"
            ),
        ]
    )
    func file(_ yaml: String, _ sentence: String) async throws {
        let failure = try #require(await failure(yaml: yaml))
        #expect(failure.code == .configuration)
        #expect(failure.sentence == sentence)
    }

    /// Variables, and the sentence that refuses them.
    @Test(
        "what a variable holds and dsr does not know or cannot read is refused with both spellings",
        arguments: [
            (
                ["DSR_GATES_APROVAL": "true"],
                "unknown environment variable DSR_GATES_APROVAL; did you mean gates.approval (DSR_GATES_APPROVAL)?"
            ),
            (
                ["TALON_ONE_APIKEY": "x"],
                "unknown environment variable TALON_ONE_APIKEY; did you mean talonOne.apiKey (TALON_ONE_API_KEY)?"
            ),
            (
                ["dsr_gates_approval": "true"],
                "unknown environment variable dsr_gates_approval; did you mean gates.approval (DSR_GATES_APPROVAL)?"
            ), (["DSR_PORTS": "x"], "unknown environment variable DSR_PORTS; remove it, or correct its name"),
            (
                ["DSR_GATES_APPROVAL": "'true'"],
                "gates.approval (DSR_GATES_APPROVAL) must be true or false, without quotes around it"
            ),
            (
                ["TALON_ONE_API_KEY": "\"x\""],
                "talonOne.apiKey (TALON_ONE_API_KEY) must be a secret text, without quotes around it"
            ), (["DSR_X": "x"], "unknown environment variable DSR_X; remove it, or correct its name"),
            (["DSR_CONCURRENCY": "+5"], "concurrency (DSR_CONCURRENCY) must be a whole number from 1 to 1,024"),
            (["DSR_CONCURRENCY": "٣"], "concurrency (DSR_CONCURRENCY) must be a whole number from 1 to 1,024"),
            (["DSR_CONCURRENCY": " 5"], "concurrency (DSR_CONCURRENCY) must be a whole number from 1 to 1,024"),
            (["DSR_GATES_APPROVAL": "ture"], "gates.approval (DSR_GATES_APPROVAL) must be true or false"),
            (
                ["DSR_GATES_TRUSTED_CHANNELS": ","],
                "gates.trustedChannels (DSR_GATES_TRUSTED_CHANNELS) must be a name or a list of names, and no entry "
                    + "may be empty"
            ),
            (
                ["TALON_ONE_API_KEY": "x", "TALON_ONE_API_KEY_FILE": "y"],
                "talonOne.apiKey (TALON_ONE_API_KEY) and talonOne.apiKeyFile (TALON_ONE_API_KEY_FILE) are both set; set "
                    + "one of them"
            ),
        ]
    )
    func variables(_ variables: [String: String], _ sentence: String) async throws {
        let failure = try #require(await failure(variables))
        #expect(failure.code == .configuration)
        #expect(failure.sentence == sentence)
    }

    @Test(
        "a list of channels that was written in another notation is refused, not taken for one channel",
        arguments: [
            "web;phone", "web phone", "web|phone", "\"web\"", "'web'", "\"web,phone\"", "[web, phone]", "{web}",
            "web\nphone",
        ]
    )
    func channels(_ text: String) async throws {
        for failure in [
            await failure(["DSR_GATES_TRUSTED_CHANNELS": text]),
            await failure(yaml: "gates: {trustedChannels: [\(String(reflecting: text))]}"),
        ] { #expect(failure?.code == .configuration) }
    }

    /// Words that mean all channels, or none.
    @Test(
        "a switch or a pattern in the place of a channel's name is refused, since no request has such a channel",
        arguments: ["true", "Yes", "on", "*", "all", "none"]
    )
    func switches(_ text: String) async throws {
        for failure in [
            await failure(["DSR_GATES_TRUSTED_CHANNELS": text]),
            await failure(yaml: "gates: {trustedChannels: '\(text)'}"),
        ] { #expect(failure?.sentence.contains("and not a switch or a pattern; name each one") == true) }
    }

    @Test(
        "a path that a shell would have expanded, a URL, and one with blanks around it are refused",
        arguments: ["~/reports", "$HOME/reports", "${HOME}/reports", "file:///reports", "/reports ", "/reports\n"]
    )
    func paths(_ path: String) async throws {
        for name in ["DSR_REPORTS_DIRECTORY", "TALON_ONE_CA_FILE", "DSR_EVIDENCE_DIRECTORY"] {
            let failure = try #require(await failure([name: path]))
            #expect(failure.code == .configuration)
            #expect(failure.sentence.contains("(\(name)) must be a path, "))
        }
        #expect(try await settings(["DSR_REPORTS_DIRECTORY": "/a b/c"])[ReportSettings.directory] == "/a b/c")
    }

    @Test("a text loses the blanks around it, and is refused where nothing or a control character is left")
    func texts() async throws {
        let settings = try await settings(
            ["DSR_TIME_ZONE": "Europe/Berlin\n"],
            yaml: "controller:\n  retention: |\n    Three years\n    after\n  contact:\n  - |\n    Street 1\n"
        )
        #expect(settings[DeadlineSettings.timeZone] == "Europe/Berlin")
        #expect(settings[ControllerSettings.retention] == "Three years\nafter")
        #expect(settings[ControllerSettings.contact] == ["Street 1"])
        for text in [" ", "a\u{1B}[31m"] {
            #expect(await failure(["DSR_CONTROLLER_NAME": text])?.code == .configuration)
            #expect(await failure(["DSR_CONTROLLER_CONTACT": text])?.code == .configuration)
        }
    }

    @Test(
        "a variable with other separators than a shell allows is taken for the setting that it resembles",
        arguments: ["DSR-GATES-APPROVAL", "dsr.gates.approval", " DSR_GATES_APPROVAL", "TALON-ONE-API-KEY"]
    )
    func separators(_ name: String) async throws {
        #expect(await failure([name: "true"])?.sentence.hasPrefix("unknown environment variable \(name); ") == true)
    }

    @Test("a base URL and a key that cannot be right are refused with the names of their settings")
    func talonOneNames() async throws {
        for (variables, sentence) in [
            (["TALON_ONE_BASE_URL": "http://example.com"], "talonOne.baseUrl (TALON_ONE_BASE_URL): the base URL must"),
            (["TALON_ONE_API_KEY": "a b"], "talonOne.apiKey (TALON_ONE_API_KEY): the API key contains"),
            (["TALON_ONE_API_KEY": String(repeating: "a", count: 5_000)], "the API key is longer than any API key"),
        ] {
            let all = ["TALON_ONE_BASE_URL": "https://example.com", "TALON_ONE_API_KEY": "x"]
                .merging(variables) { $1 }
            let configuration = try await DsrConfiguration(path: nil, environment: all)
            let failure = #expect(throws: Failure.self) { try configuration.talonOne() }
            #expect(failure?.code == .configuration)
            #expect(failure?.sentence.contains(sentence) == true)
        }
    }

    @Test("a variable and the file do not set a secret in two ways")
    func twoSources() async throws {
        let failure = try #require(await failure(["DSR_SUBJECT_KEY": "x"], yaml: "subject: {keyFile: /x}"))
        #expect(failure.sentence.contains("are both set"))
    }

    @Test("a secret that stands where it does not belong is never shown")
    func misplacedSecrets() async throws {
        let secret = "s3cr3t/=with spaces"
        for yaml in [
            "concurrency: '\(secret)'", "'\(secret)': 1", "talonOne: {apiKey: ['\(secret)']}", "a: '\(secret)\n  b",
            "- '\(secret)'",
        ] {
            let failure = try #require(await failure(yaml: yaml))
            #expect(!failure.sentence.contains("s3cr3t"), "\(failure.sentence)")
        }
        #expect(!"\(try await settings(["TALON_ONE_API_KEY": "s3cr3t"]))".contains("s3cr3t"))
    }

    // MARK: - The file itself

    @Test("a group whose settings are all commented out is allowed, and so is a file of comments")
    func comments() async throws {
        _ = try await settings(yaml: "gates:\n  # approval: true\nconcurrency: 4")
        _ = try await settings(yaml: "# nothing yet\n")
    }

    @Test(
        "a file that is no YAML with keys and values is refused",
        arguments: [
            ("a: [1, 2", "is not valid YAML at line 2"), ("- gates", "must hold keys with values"),
            ("gates", "must hold keys with values"),
            ("sections: [[profile]]", "has a list of lists or groups in setting sections at line 1"),
            ("controller:\n  purposes:\n  - Marketing: mail", "in setting controller.purposes at line 3"),
            (
                "gates: {approval: true}\ngates.approval: false",
                "has setting gates.approval twice, the second time at line 2"
            ),
            ("concurrency: 4\nconcurrency: 5", "has setting concurrency twice in one group, the first time at line 1"),
            ("concurrency: 4\n---\ngates: {approval: true}", "holds more than one YAML document"),
            ("a: &a {approval: true}\ngates: {<<: *a}", "has a merge key (<<) at line 2"),
            ("gates: {approval: !secret x}", "has a tag (!) before the value of setting gates.approval at line 1"),
            ("gates: {approval: {}}", "gates.approval (DSR_GATES_APPROVAL) has no value in the configuration file"),
            ("? [a]\n: b", "has a key that is not a name"), ("controller: {name: \"a\u{1}\"}", "control character"),
        ]
    )
    func notYAML(_ yaml: String, _ sentence: String) async throws {
        let failure = try #require(await failure(yaml: yaml))
        #expect(failure.code == .configuration)
        #expect(failure.sentence.contains(sentence), "\(failure.sentence)")
    }

    @Test("a file that is not there, and a directory, are refused")
    func noFile() async throws {
        let folder = FileManager.default.temporaryDirectory.path
        for (path, sentence) in [("/nonexistent.yaml", "does not exist"), (folder, "is a directory")] {
            do {
                _ = try await DsrConfiguration(path: path, environment: [:])
                Issue.record("\(path) was accepted")
            } catch {
                #expect(Failure(error).code == .configuration)
                #expect(Failure(error).sentence.contains(sentence))
            }
        }
    }

    // MARK: - Credentials

    @Test(
        "credentials are one key, or an Application's number and key, and never both",
        arguments: [
            (["TALON_ONE_API_KEY": "x", "TALON_ONE_APPLICATION_ID": "1"], "excludes"),
            (["TALON_ONE_API_KEY": "x", "TALON_ONE_APPLICATION_KEY": "fefecafedeadbeef"], "excludes"),
            (["TALON_ONE_APPLICATION_KEY": "fefecafedeadbeef"], "need each other"),
            (["TALON_ONE_APPLICATION_ID": "1"], "need each other"), ([:], "no credentials are set"),
        ]
    )
    func credentials(_ variables: [String: String], _ sentence: String) async throws {
        let all = variables.merging(["TALON_ONE_BASE_URL": "https://example.com"]) { first, _ in first }
        let configuration = try await DsrConfiguration(path: nil, environment: all)
        do {
            _ = try configuration.talonOne()
            Issue.record("accepted")
        } catch {
            #expect(Failure(error).code == .configuration)
            #expect(Failure(error).sentence.contains(sentence))
            #expect(Failure(error).sentence.contains("talonOne.apiKey (TALON_ONE_API_KEY)") || variables.count == 1)
        }
    }

    @Test("a secret's file is read without the line feed at its end, and a file that is lost or empty is named")
    func secretFiles() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/dsr-test-secret-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings = try await settings(["TALON_ONE_API_KEY_FILE": path])
        let secret = try #require(settings[TalonOneSettings.apiKey])
        #expect(throws: Failure.self) { try secret.read() }
        try Self.write("\n", to: path)
        #expect(throws: Failure.self) { try secret.read() }
        try Self.write("key\n", to: path)
        #expect(try secret.read() == "key")
    }

    /// What a secret's file holds, and the end of the sentence that refuses it.
    @Test(
        "a secret's file that holds something else is refused",
        arguments: [
            ("\"key\"\n", "remove quotes and the name of the variable"),
            ("TALON_ONE_API_KEY=key\n", "remove quotes and the name of the variable"),
            ("export TALON_ONE_API_KEY='key'\n", "remove quotes and the name of the variable"),
            ("k\0e\0y\0", "is not text in UTF-8"),
            (String(repeating: "a", count: 2 << 20), "is too large or cannot be read"),
        ]
    )
    func otherContents(_ content: String, _ sentence: String) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/dsr-test-secret-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.write(content, to: path)
        let secret = try #require(try await settings(["TALON_ONE_API_KEY_FILE": path])[TalonOneSettings.apiKey])
        let failure = #expect(throws: Failure.self) { try secret.read() }
        #expect(failure?.code == .configuration)
        #expect(failure?.sentence.hasSuffix(sentence) == true)
    }

    @Test("a file of an earlier subject key is as private as the present one")
    func earlierKeys() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/dsr-test-key-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let key = String(repeating: "ab", count: 32)
        try Self.write(key, to: path)
        let environment = ["DSR_SUBJECT_KEY": key, "DSR_SUBJECT_OLD_KEY_FILES": path]
        let configuration = try await DsrConfiguration(path: nil, environment: environment)
        #expect(try configuration.subjectKeys().count == 2)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let failure = #expect(throws: Failure.self) { try configuration.subjectKeys() }
        #expect(failure?.sentence.contains("can be read or changed by other users") == true)
    }

    /// Modes of a file, and whether it may hold a secret. Who runs the tests owns it: root, or another user.
    @Test(
        "a secret or a configuration file that other users can read or change is refused",
        arguments: [
            (0o600, true), (0o400, true), (0o640, geteuid() == 0), (0o440, geteuid() == 0), (0o644, false),
            (0o604, false),
            (0o660, false), (0o602, false),
        ]
    )
    func modes(_ mode: Int, _ isPrivate: Bool) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/dsr-test-mode-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.write("concurrency: 2", to: path, mode: mode)
        let secret = try #require(try await settings(["TALON_ONE_API_KEY_FILE": path])[TalonOneSettings.apiKey])
        guard !isPrivate else {
            #expect(try secret.read() == "concurrency: 2")
            #expect(try await DsrConfiguration(path: path, environment: [:]).settings[RunSettings.concurrency] == 2)
            return
        }
        for attempt in [{ _ = try secret.read() }, { _ = try await DsrConfiguration(path: path, environment: [:]) }] {
            do {
                try await attempt()
                Issue.record("mode \(mode) was accepted")
            } catch {
                #expect(Failure(error).code == .configuration)
                #expect(Failure(error).sentence.contains("run 'chmod 600 \(path)'"))
            }
        }
        let signing = ["DSR_EVIDENCE_KEY_FILE": path, "TALON_ONE_ENVIRONMENT": "live"]
        #expect(throws: Failure.self, "a signing key that others can read stops the run") {
            try DsrConfiguration(settings: Settings(SettingSources(environment: signing))).processor(actor: "x")
        }
    }

    @Test("a secret of another user is refused, since that user can change it", .enabled(if: geteuid() == 0))
    func owner() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/dsr-test-owner-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.write("secret", to: path)
        chown(path, 65_534, 65_534)
        let secret = try #require(try await settings(["TALON_ONE_API_KEY_FILE": path])[TalonOneSettings.apiKey])
        let failure = #expect(throws: Failure.self) { try secret.read() }
        #expect(failure?.code == .configuration)
        #expect(failure?.sentence.contains("names belongs to another user (uid 65534)") == true)
    }

    @Test("a file of authorities that other users can change is refused", arguments: [0o644, 0o664, 0o646])
    func authorities(_ mode: Int) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/dsr-test-ca-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.write("no certificate", to: path, mode: mode)
        let variables = [
            "TALON_ONE_CA_FILE": path, "TALON_ONE_API_KEY": "k", "TALON_ONE_BASE_URL": "https://shop.talon.one",
        ]
        let configuration = DsrConfiguration(settings: try await settings(variables))
        let sentence: String
        do {
            sentence = try await configuration.withTalonOne(connections: 1) { _ in "accepted" }
        } catch {
            sentence = Failure(error).sentence
        }
        #expect(
            sentence.contains(mode == 0o644 ? "contains no certificate" : "run 'chmod go-w \(path)'"),
            "\(sentence)"
        )
    }

    // MARK: - Helpers

    private static func write(_ text: String, to path: String, mode: Int = 0o600) throws {
        try text.write(to: URL(filePath: path), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func settings(_ variables: [String: String] = [:], yaml: String? = nil) async throws -> Settings {
        guard let yaml else { return try Settings(SettingSources(environment: variables)) }
        let path = FileManager.default.temporaryDirectory.path + "/dsr-test-\(UUID().uuidString).yaml"
        try Self.write(yaml, to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await DsrConfiguration(path: path, environment: variables).settings
    }

    private func failure(_ variables: [String: String] = [:], yaml: String? = nil) async -> Failure? {
        do {
            _ = try await settings(variables, yaml: yaml)
            return nil
        } catch {
            return Failure(error)
        }
    }
}
