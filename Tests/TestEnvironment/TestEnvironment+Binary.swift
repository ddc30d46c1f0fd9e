import Foundation
import Subprocess
import SystemPackage
import TalonOneSandbox

extension TestEnvironment {
    /// How a process ended, and what it printed.
    package struct Ended: Sendable {
        /// The exit code, or the number of the signal below zero.
        package let code: Int32
        package let out: String
        package let err: String

        /// The lines of standard error without those that tell where a command acts, and which gates and brakes a run has.
        package var sentences: [Substring] {
            let openings = [
                "Environment: ", "Gates: ", "Brakes on erasures: ", "Brake on unknown customers: ", "Canary customer: ",
            ]
            return err.split(separator: "\n").filter { line in !openings.contains { line.hasPrefix($0) } }
        }

        /// - Throws: What it printed, if it ended with another code.
        @discardableResult
        package func expect(_ code: Int32) throws -> Ended {
            guard self.code == code else {
                throw Unexpected(description: "exit \(self.code), not \(code)\n\(out)\n\(err)")
            }
            return self
        }
    }

    package struct Unexpected: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// The folder of the products, where the test bundle is.
    static let products: String = {
        let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return ((executable ?? "") as NSString).deletingLastPathComponent
    }()

    /// The binary under test.
    package static let binary = products + "/dsr"

    /// The texts that letters must contain.
    package static let texts = [
        "DSR_CONTROLLER_NAME": "Example Shop", "DSR_CONTROLLER_CONTACT": "privacy@shop.example",
        "DSR_CONTROLLER_SUPERVISORY_AUTHORITY": "The Berlin Commissioner",
        "DSR_CONTROLLER_PURPOSES": "Running promotions", "DSR_CONTROLLER_RECIPIENTS": "Mail Example Ltd",
        "DSR_CONTROLLER_RETENTION": "Two years.", "DSR_CONTROLLER_EVIDENCE_RETENTION": "for three years",
        "DSR_CONTROLLER_SOURCE": "You.", "DSR_CONTROLLER_TRANSFERS": "None.",
        "DSR_CONTROLLER_AUTOMATED_DECISIONS": "None.",
    ]

    /// The environment variables that the binary is started with.
    package var variables: [String: String] {
        [
            "DSR_DATABASE_URL": database,
            "DSR_REPORTS_DIRECTORY": reports,
            "DSR_RETRY_WAIT_SECONDS": "0",
            // A test has few customers, and many have none that is known.
            "DSR_BRAKE_UNKNOWN_PERCENT": "0",
            "TALON_ONE_BASE_URL": server.baseURL,
            "TALON_ONE_API_KEY": "sandbox",
            "TALON_ONE_ENVIRONMENT": "sandbox",
        ].merging(Self.texts) { $1 }.merging(settings) { $1 }
    }

    /// The setting with which the binary connects as another role.
    package func connecting(as role: String) -> [String: String?] {
        ["DSR_DATABASE_URL": database.replacingOccurrences(of: "user=postgres", with: "user=\(role)")]
    }

    /// The setting with which the binary connects as somebody who has inserted nothing, and can approve.
    package func connectingAsApprover() async throws -> [String: String?] {
        try await script(
            """
            do $$ begin
                create role approver superuser login;
            exception when duplicate_object or unique_violation then null;
            end $$
            """
        )
        return connecting(as: "approver")
    }

    /// Runs the binary.
    ///
    /// - Parameter changes: Environment variables that differ; `nil` unsets one.
    @discardableResult
    package func dsr(
        _ arguments: String...,
        setting changes: [String: String?] = [:],
        input: String = ""
    ) async throws -> Ended {
        try await dsr(arguments, setting: changes, input: input)
    }

    @discardableResult
    package func dsr(
        _ arguments: [String],
        setting changes: [String: String?] = [:],
        input: String = ""
    ) async throws -> Ended {
        try await Self.run(
            .path(FilePath(Self.binary)),
            arguments,
            variables.mapValues(Optional.some).merging(changes) { $1 },
            input
        )
    }

    /// Runs the binary on a terminal of its own.
    ///
    /// - Parameter input: What the operator types.
    package func onTerminal(_ command: String, typing input: String) async throws -> Ended {
        try await Self.run(
            .name("script"),
            ["-qec", "\(Self.binary) \(command)", "/dev/null"],
            variables,
            input
        )
    }

    /// Runs commands of a shell, which find the binary as `$DSR`.
    package func shell(_ script: String, setting changes: [String: String?] = [:]) async throws -> Ended {
        let own = variables.merging(["DSR_TEST_BINARY": Self.binary]) { $1 }
        return try await Self.run(
            .name("bash"),
            ["-c", "DSR=$DSR_TEST_BINARY\n" + script],
            own.mapValues(Optional.some).merging(changes) { $1 },
            ""
        )
    }

    /// Runs the binary with nothing but the given settings.
    @discardableResult
    package static func run(_ words: [String], _ variables: [String: String]) async throws -> Ended {
        try await run(.path(FilePath(binary)), words, variables.mapValues(Optional.some), "")
    }

    /// Runs the binary with nothing but the given settings, in a folder, for at most a minute: then it ends with 124.
    package static func run(
        _ words: [String],
        _ variables: [String: String],
        in folder: String
    ) async throws -> Ended {
        try await run(
            .name("timeout"),
            ["--kill-after=5", "60", binary] + words,
            variables.mapValues(Optional.some),
            "",
            in: folder
        )
    }

    /// Gives a folder that only the user can enter, and removes it afterwards.
    package static func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await body(folder.path)
    }

    /// Runs PostgreSQL's own client on the database, as an engineer of an intake system does.
    ///
    /// - Parameter role: A role that the test has created; by default the superuser.
    package func psql(_ text: String, as role: String? = nil) async throws -> Ended {
        let own = database.replacingOccurrences(of: "user=postgres", with: "user=\(role ?? "postgres")")
        return try await Self.run(.name("psql"), ["-X", "-v", "ON_ERROR_STOP=1", "-c", text, own], [:], "")
    }

    private static func run(
        _ executable: Executable,
        _ arguments: [String],
        _ variables: [String: String?],
        _ input: String,
        in folder: String? = nil
    ) async throws -> Ended {
        let result = try await Subprocess.run(
            executable,
            arguments: Arguments(arguments),
            environment: environment(variables),
            workingDirectory: folder.map { FilePath($0) },
            input: .fileDescriptor(try file(with: input), closeAfterSpawningProcess: true),
            output: .string(limit: 64 << 20),
            error: .string(limit: 64 << 20)
        )
        return Ended(
            code: code(of: result.terminationStatus),
            out: result.standardOutput,
            err: result.standardError
        )
    }

    /// An open file without a name. A pipe would break where a command ends before it has read all of it, and Subprocess
    /// stops the whole program then.
    private static func file(with text: String) throws -> FileDescriptor {
        var path = Array("\(NSTemporaryDirectory())/dsr-input-XXXXXX".utf8CString)
        let file = FileDescriptor(rawValue: mkstemp(&path))
        guard file.rawValue >= 0 else { throw Unexpected(description: String(cString: strerror(errno))) }
        _ = fcntl(file.rawValue, F_SETFD, FD_CLOEXEC)
        unlink(path)
        try file.writeAll(text.utf8)
        try file.seek(offset: 0, from: .start)
        return file
    }

    static func environment(_ variables: [String: String?]) -> Environment {
        var values: [Environment.Key: String?] = [:]
        for (name, value) in variables { values[Environment.Key(stringLiteral: name)] = value }
        return .inherit.updating(values)
    }

    static func code(of status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }
}
