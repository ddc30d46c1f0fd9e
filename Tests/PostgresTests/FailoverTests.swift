import Foundation
import Postgres
import Testing
import ThrowawayPostgres

@Suite("Several hosts", .timeLimit(.minutes(5)))
struct FailoverTests {
    private static func folder(_ string: String) -> String {
        String(string.split(separator: " ")[0].dropFirst(5))
    }

    private func connect(
        _ string: String,
        timeout: Duration = .seconds(3)
    ) async throws -> PostgresConnection {
        try await PostgresConnection.connect(
            PostgresConfiguration(connectionString: string, connectTimeout: timeout)
        )
    }

    @Test("a host that does not answer has its own deadline, and the next host is tried")
    func deaf() async throws {
        let deaf = try #require(Listener())
        let folder = Self.folder(try await Cluster.connectionString())
        let connection = try await connect(
            "host=127.0.0.1,\(folder) port=\(deaf.port),5432 user=postgres dbname=postgres"
        )
        #expect(await connection.endpoint.contains("host=\(folder)"))
        try await connection.reconnect()
        #expect(await connection.isOpen)
    }

    @Test("every address of a name is tried")
    func addresses() async throws {
        // localhost is ::1 or 127.0.0.1 or both, and only one of them is listened on.
        let deaf = try #require(Listener())
        let folder = Self.folder(try await Cluster.connectionString())
        let connection = try await connect(
            "host=localhost,no-such-host.invalid,\(folder) port=\(deaf.port),1,5432 user=postgres dbname=postgres",
            timeout: .seconds(4)
        )
        #expect(await connection.endpoint.contains("host=\(folder)"))
    }

    @Test("connect_timeout overrides the default, for each host")
    func timeout() async throws {
        let deaf = try #require(Listener())
        let error = try await failure {
            _ = try await connect(
                "host=127.0.0.1,localhost port=\(deaf.port),1 user=u dbname=d connect_timeout=1",
                timeout: .seconds(50)
            )
        }
        #expect(error.code == .connectionFailed && error.isConnectionLoss)
        #expect(error.description.contains("no answer within 2.0 seconds"), "\(error)")
        #expect(error.description.contains("Connection refused"), "\(error)")
    }

    @Test("connect_timeout=0 is bounded by the caller's patience")
    func unlimited() async throws {
        let deaf = try #require(Listener())
        let error = try await failure {
            _ = try await PostgresConnection.connect(
                PostgresConfiguration(
                    connectionString: "host=127.0.0.1 port=\(deaf.port) user=u dbname=d connect_timeout=0",
                    connectTimeout: .milliseconds(100),
                    connectPatience: .milliseconds(300)
                )
            )
        }
        #expect(error.description.contains("no answer within"))
    }

    @Test("a call without a connection says why the last attempt to connect failed")
    func lastFailure() async throws {
        let server = try await ThrowawayPostgres.start()
        let connection = try await connect(server.connectionString)
        await server.stop()
        #expect(try await failure { try await connection.query(Statement("one", "select 1")) }.code == .connectionLost)
        let reason = try await failure { try await connection.reconnect() }
        let error = try await failure { try await connection.query(Statement("one", "select 1")) }
        #expect(error.code == .connectionLost && error.isConnectionLoss)
        #expect(error.description == "statement \"one\" was not sent: \(reason.description)")
        #expect(reason.description.hasPrefix("cannot connect to Postgres: "))
    }

    @Test("target_session_attrs chooses among all hosts, and what a server cannot write says why")
    func attributes() async throws {
        let primary = Self.folder(try await Cluster.connectionString())
        let server = try await ThrowawayPostgres.start()
        let standby = Self.folder(server.connectionString)
        let data = try await connect(server.connectionString).query(
            Statement("data", "select current_setting('data_directory') as folder")
        )[0].decode("folder", as: String.self)
        #expect(FileManager.default.createFile(atPath: data + "/standby.signal", contents: Data()))
        try await server.restart(immediate: false)

        for (hosts, attributes, expected) in [
            ([standby, primary], "read-write", primary), ([standby, primary], "primary", primary),
            ([primary, standby], "standby", standby), ([primary, standby], "prefer-standby", standby),
            ([primary, primary], "prefer-standby", primary), ([standby, primary], "any", standby),
        ] {
            let connection = try await connect(
                "host=\(hosts.joined(separator: ",")) user=postgres dbname=postgres target_session_attrs=\(attributes)",
                timeout: .seconds(10)
            )
            #expect(await connection.endpoint.contains("host=\(expected) "), "\(hosts) \(attributes)")
        }
        let connection = try await connect(server.connectionString, timeout: .seconds(10))
        let error = try await failure { try await connection.run(script: "create table t (n int)", named: "write") }
        #expect(error.sqlState == "25006" && error.isConnectionLoss)
        #expect(
            error.description.hasSuffix(
                "the server is a standby; connect to the primary, or add target_session_attrs=read-write to the connection "
                    + "string"
            ),
            "\(error)"
        )
        await server.stop()
    }
}

@Suite("Credentials", .timeLimit(.minutes(5)))
struct CredentialTests {
    @Test("a wrong and a missing password are refused credentials, without the password")
    func passwords() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "hba-\(UUID()).conf")
        let rules = "local all postgres trust\nlocal all all scram-sha-256\n"
        try Data(rules.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        defer { try? FileManager.default.removeItem(at: file) }
        let server = try await ThrowawayPostgres.start(settings: ["hba_file": file.path])
        let admin = try await PostgresConnection.connect(
            PostgresConfiguration(connectionString: server.connectionString)
        )
        try await admin.run(script: "create role dsr login password 'swordfish'", named: "role")
        let string = server.connectionString.replacing("user=postgres", with: "user=dsr")
        for (password, says) in [(" password=marlin", "password authentication failed"), ("", "no password supplied")] {
            let error = try await failure {
                _ = try await PostgresConnection.connect(
                    PostgresConfiguration(connectionString: string + password)
                )
            }
            #expect(error.code == .credentialsRefused && !error.isConnectionLoss)
            #expect(error.description.contains(says), "\(error)")
            #expect(!error.description.contains("marlin"))
        }
        let passwords = FileManager.default.temporaryDirectory.appending(path: "passwords-\(UUID())")
        try Data("*:*:*:dsr:swordfish\n".utf8).write(to: passwords)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: passwords.path)
        defer { try? FileManager.default.removeItem(at: passwords) }
        for accepted in [" password=swordfish", " passfile='\(passwords.path)'"] {
            _ = try await PostgresConnection.connect(PostgresConfiguration(connectionString: string + accepted))
        }
        await server.stop()
    }
}
