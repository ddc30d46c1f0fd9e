import Foundation
import Glibc
import Postgres
import Testing

@Suite("Connecting", .timeLimit(.minutes(5)))
struct ConnectTests {
    private func failureToConnect(_ connectionString: String, timeout: Duration = .seconds(10)) async throws -> String {
        let error = try await failure {
            _ = try await PostgresConnection.connect(
                PostgresConfiguration(connectionString: connectionString, connectTimeout: timeout)
            )
        }
        #expect(error.code == .connectionFailed)
        #expect(error.isConnectionLoss)
        return error.description
    }

    @Test("a connection reports its server and the server's version")
    func endpoint() async throws {
        let connection = try await Cluster.connect()
        #expect(try await connection.endpoint == Cluster.connectionString())
        #expect(await connection.serverVersion >= 150_000)
        let name = Statement(
            "name",
            "select current_setting('application_name') as name, current_setting('client_encoding') as e"
        )
        let row = try await connection.query(name)[0]
        #expect(try row.decode("name") == "dsr")
        #expect(try row.decode("e") == "UTF8")
    }

    @Test("a failure to connect has libpq's message on one line")
    func failures() async throws {
        #expect(
            try await failureToConnect("host=/nowhere")
                == "cannot connect to Postgres: connection to server on socket \"/nowhere/.s.PGSQL.5432\" failed: "
                + "No such file or directory. Is the server running locally and accepting connections on that socket? "
                + "Check the connection string or the PG* environment variables."
        )
        #expect(
            try await failureToConnect("host=127.0.0.1 port=1")
                == "cannot connect to Postgres: connection to server at \"127.0.0.1\", port 1 failed: Connection refused. "
                + "Is the server running on that host and accepting TCP/IP connections? "
                + "Check the connection string or the PG* environment variables."
        )
    }

    @Test("what neither another host nor another try can change has a code of its own")
    func final() async throws {
        let string = try await Cluster.connectionString()
        for (change, code, sqlState, reason) in [
            ("dbname=nope", .invalidConfiguration, "3D000", "database \"nope\" does not exist"),
            ("user=nobody_here", .credentialsRefused, "28000", "role \"nobody_here\" does not exist"),
            ("options='-c no_such_setting=1'", .invalidConfiguration, "42704", "unrecognized configuration parameter"),
        ] as [(String, PostgresError.Code, String, String)] {
            let error = try await failure {
                _ = try await PostgresConnection.connect(PostgresConfiguration(connectionString: "\(string) \(change)"))
            }
            #expect(error.code == code && error.sqlState == sqlState && !error.isConnectionLoss)
            #expect(error.description.contains("failed: FATAL: \(reason)"), "\(error)")
            #expect(error.description.hasSuffix("Check the connection string or the PG* environment variables."))
            #expect(!error.description.contains("LOCATION"))
        }
    }

    @Test("connecting to a server that never answers fails after the timeout")
    func silentServer() async throws {
        let listener = try #require(Listener())
        let text = try await failureToConnect(
            "host=127.0.0.1 port=\(listener.port) password=swordfish user=u dbname=d",
            timeout: .milliseconds(200)
        )
        #expect(
            text == "cannot connect to Postgres: connection to server at \"127.0.0.1\", port \(listener.port) failed: "
                + "no answer within 0.2 seconds. Check the host, the port, and the firewalls in between. "
                + "Check the connection string or the PG* environment variables."
        )
    }

    @Test("connecting stops when its task is cancelled")
    func cancelled() async throws {
        let listener = try #require(Listener())
        let configuration = PostgresConfiguration(connectionString: "host=127.0.0.1 port=\(listener.port)")
        let task = Task { try await failure { _ = try await PostgresConnection.connect(configuration) } }
        task.cancel()
        #expect(try await task.value.code == .cancelled)
    }

    @Test(
        "the password is not shown, however malformed the connection string is",
        arguments: [
            "postgres://u:swordfish@127.0.0.1:1/d", "postgres://u:p@swordfish:1@127.0.0.1:1/d",
            "postgres://u:swordfish/x@127.0.0.1:1/d", "postgres://u:1?swordfish@127.0.0.1/d",
            "postgres://u:1#swordfish@127.0.0.1/d", "host=127.0.0.1 port=1 password=swordfish",
            "host=127.0.0.1 port=1 password=my swordfish", "host=127.0.0.1 password='swordfish",
            "host=127.0.0.1 password=a swordfish=b", "postgres://u:swordfish%zz@127.0.0.1:1/d",
        ]
    )
    func passwords(connectionString: String) async throws {
        let configuration = PostgresConfiguration(connectionString: connectionString)
        let error = try await failure { _ = try await PostgresConnection.connect(configuration) }
        #expect([.connectionFailed, .invalidConfiguration, .credentialsRefused].contains(error.code))
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(error)", "\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("swordfish"))
        }
    }

    @Test("PG environment variables and service files work as libpq defines")
    func environment() async throws {
        let string = try await Cluster.connectionString()
        let host = try #require(string.split(separator: " ").first?.dropFirst(5))
        let file = FileManager.default.temporaryDirectory.appending(path: "pg-service-\(UUID()).conf")
        let service = "[test]\nhost=\(host)\nport=5432\ndbname=postgres\nuser=postgres\napplication_name=from-service\n"
        try Data(service.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }

        // In separate processes, since environment variables apply to the whole process.
        await #expect(processExitsWith: .success) { [host = String(host) as String] in
            setenv("PGHOST", host, 1)
            setenv("PGPORT", "5432", 1)
            setenv("PGUSER", "postgres", 1)
            setenv("PGDATABASE", "template1", 1)
            setenv("PGAPPNAME", "from-variable", 1)
            setenv("PGCLIENTENCODING", "LATIN1", 1)
            #expect("\(PostgresConfiguration())" == "host=\(host) port=5432 dbname=template1 user=postgres")
            let connection = try await PostgresConnection.connect(PostgresConfiguration())
            let row = try await connection.query(Self.whoAmI)[0]
            #expect(try row.decode("name") == "from-variable")
            #expect(try row.decode("database") == "template1")
            #expect(try row.decode("umlaut") == "ü👍")
        }
        await #expect(processExitsWith: .success) { [path = file.path as String] in
            setenv("PGSERVICEFILE", path, 1)
            let named = try await PostgresConnection.connect(PostgresConfiguration(connectionString: "service=test"))
            #expect(try await named.query(Self.whoAmI)[0].decode("name") == "from-service")
            setenv("PGSERVICE", "test", 1)
            let unnamed = try await PostgresConnection.connect(PostgresConfiguration())
            #expect(try await unnamed.query(Self.whoAmI)[0].decode("name") == "from-service")
        }
    }

    private static let whoAmI = Statement(
        "who am i",
        "select current_setting('application_name') as name, current_database()::text as database, 'ü👍' as umlaut"
    )
}

@Suite("Configuration")
struct ConfigurationTests {
    @Test(
        "the server is shown without the password",
        arguments: [
            ("postgres://u:secret@db.example.com:6000/app", "host=db.example.com port=6000 dbname=app user=u"),
            ("host=a,b port=1,2 user=u dbname=d password='s e c'", "host=a,b port=1,2 dbname=d user=u"),
            ("postgresql:///d?host=/run/pg&user=u&password=secret", "host=/run/pg port=5432 dbname=d user=u"),
            ("service=no-such-service user=u", "an invalid connection string"),
            ("a=b", "an invalid connection string"),
        ]
    )
    func description(connectionString: String, expected: String) {
        #expect("\(PostgresConfiguration(connectionString: connectionString))" == expected)
    }

    @Test(
        "an unverified server causes a warning, unless it is this machine",
        arguments: [
            ("host=db.example.com", true), ("host=db.example.com sslmode=require", true),
            ("host=db.example.com sslmode=verify-ca", true), ("host=db.example.com sslmode=verify-full", false),
            ("host=localhost,db.example.com", true), ("hostaddr=10.0.0.1 host=localhost", true),
            ("host=localhost", false), ("host=127.0.0.1", false), ("host=::1", false), ("host=/run/postgresql", false),
            ("user=u", false), ("postgres://db.example.com/d?sslmode=verify-full", false),
        ]
    )
    func warnings(connectionString: String, warns: Bool) {
        let warnings = PostgresConfiguration(connectionString: connectionString).warnings
        #expect(warnings.count == (warns ? 1 : 0))
        #expect(warnings.allSatisfy { $0.contains("sslmode=verify-full") })
    }
}

/// A port on this machine that accepts connections and never answers.
final class Listener: Sendable {
    let port: UInt16
    let descriptor: Int32

    init?() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isListening else { return nil }
    }

    deinit {
        close(descriptor)
    }
}
