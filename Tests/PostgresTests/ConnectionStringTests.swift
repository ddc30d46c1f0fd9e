import Foundation
import Glibc
import Postgres
import Testing

@Suite("Connection strings", .timeLimit(.minutes(5)))
struct ConnectionStringTests {
    private static let misread = [
        // A URI inside what is not one.
        "'postgresql://dsr:swordfish@h/db'", "\"postgresql://dsr:swordfish@h/db\"", " postgresql://dsr:swordfish@h/db",
        "postgresql+psycopg://dsr:swordfish@h/db", "Postgres://dsr:swordfish@h/db", "POSTGRESQL://dsr:swordfish@h/db",
        "psql 'postgresql://dsr:swordfish@h/db'", "psql postgresql://dsr:swordfish@h/db?sslmode=require",
        "jdbc:postgresql://h/db?user=dsr&password=swordfish", "DATABASE_URL=postgresql://dsr:swordfish@h/db",
        "dbname=postgresql+asyncpg://dsr:swordfish@h/db", "host=postgres://dsr:swordfish@h/db", "mysql://swordfish",
        "pgsql://dsr:swordfish@h/db", "\u{feff}postgresql://dsr:swordfish@h/db",
        // Neither a URI nor keywords and values.
        "swordfish", "dsr:swordfish@h/db", "//dsr:swordfish@h/db", "host=h swordfish",
        // URIs that libpq would read otherwise than they were meant.
        "postgres://dsr:sword@swordfish@h/db", "postgres://dsr:sword/swordfish@h/db", "postgres:///dsr:swordfish@h/db",
        "postgres://a:x@h1,b:swordfish@h2/db", "postgres://dsr:swordfish", "postgres://dsr:swordfish/db",
        "postgres://dsr:swordfish@h/db\n", "postgres://dsr:sword fish@h/db", "postgres://dsr:swordfish%zz@h/db",
        // Keywords and values in the notation of others.
        "host=h;port=5432;password=swordfish", "host=h dbname=d;password=swordfish", "user=u;Password=swordfish host=h",
        "host=h dbname=d?password=swordfish", "host=h dbname=d&passwd=swordfish", "host=u:swordfish@h dbname=d",
        "host=h port=swordfish", "host=h connect_timeout=swordfish", "host=h, user=u, password=swordfish",
        "host=h user=u; password=swordfish", "host=h keepalives_idle=swordfish", "host=h tcp_user_timeout=swordfish",
        // A password, or another value, in the place of a name.
        "host=h user=u:swordfish dbname=d", "postgres://u%3Aswordfish@h/d", "host=h dbname=u:swordfish@h/d",
        "postgres://h/u:swordfish%40h", "postgres://u;swordfish/h:1/db", "postgresql://swordfish~/127.0.0.1/db",

        "postgres://u:swordfish|x", "host=%zzswordfish", "host='/tmp/\u{9}swordfish'", "hostaddr=swordfish",
        "host='sword fish'", "host=h replication=swordfish",
    ]

    @Test("a string that libpq would take for something else never reaches it, and is not shown", arguments: misread)
    func unreadable(connectionString: String) async throws {
        let configuration = PostgresConfiguration(connectionString: connectionString)
        let error = try await failure { _ = try await PostgresConnection.connect(configuration) }
        #expect(error.code == .invalidConfiguration)
        #expect(!error.isConnectionLoss)
        #expect(!error.description.contains("fish"), "\(error)")
        #expect("\(configuration)" == "an invalid connection string")
    }

    @Test("a URI in a variable of libpq is refused too")
    func variables() async throws {
        for name in ["PGDATABASE", "PGHOST", "PGUSER"] {
            await #expect(processExitsWith: .success) { [name = name as String] in
                setenv("PGHOST", "/nowhere", 1)
                setenv(name, "postgresql+psycopg://dsr:swordfish@h/db", 1)
                let error = try await failure { _ = try await PostgresConnection.connect(PostgresConfiguration()) }
                #expect(error.code == .invalidConfiguration && !error.description.contains("swordfish"))
            }
        }
    }

    @Test(
        "a setting that libpq does not accept is a fault of the configuration, and no failure to connect",
        arguments: [
            "sslmode=bogus", "channel_binding=bogus", "target_session_attrs=bogus", "ssl_min_protocol_version=bogus",
        ]
    )
    func settings(setting: String) async throws {
        let string = "host=/nowhere dbname=d user=u \(setting)"
        let error = try await failure {
            _ = try await PostgresConnection.connect(PostgresConfiguration(connectionString: string))
        }
        #expect(error.code == .invalidConfiguration, "\(error)")
    }

    @Test(
        "an unknown parameter of a URI is named, and nothing else of it",
        arguments: ["pgbouncer=true", "schema=public"]
    )
    func parameters(parameter: String) async throws {
        let name = parameter.prefix { $0 != "=" }
        let string = "postgresql://dsr:swordfish@h/db?\(parameter)"
        let error = try await failure {
            _ = try await PostgresConnection.connect(PostgresConfiguration(connectionString: string))
        }
        #expect(error.code == .invalidConfiguration)
        #expect(error.description.hasSuffix("libpq does not know its parameter \"\(name)\"; remove it"), "\(error)")
        #expect(!error.description.contains("swordfish"))
    }

    @Test(
        "no value of a keyword is shown that is in the wrong place",
        arguments: [
            "service=swordfish", "host=/nowhere sslmode=swordfish", "host=/nowhere channel_binding=swordfish",
            "host=/nowhere target_session_attrs=swordfish", "host=/nowhere ssl_min_protocol_version=swordfish",
            "host=/nowhere gssencmode=swordfish", "postgresql:///db?sslmode=swordfish&host=/nowhere",
            "postgresql://?service=swordfish", "host=/nowhere ssl_max_protocol_version=swordfish",
            "host=/nowhere sslcompression=swordfish", "host=/nowhere require_auth=swordfish",
            "host=/nowhere requirepeer=swordfish", "host=/nowhere load_balance_hosts=swordfish",
        ]
    )
    func misplaced(connectionString: String) async throws {
        let configuration = PostgresConfiguration(connectionString: connectionString)
        let error = try await failure { _ = try await PostgresConnection.connect(configuration) }
        #expect(!error.description.contains("swordfish"), "\(error)")
        #expect(!configuration.warnings.joined().contains("swordfish"))
    }

    @Test("a password that the message of a failure would repeat is removed from it")
    func repeated() async throws {
        let error = try await failure {
            _ = try await PostgresConnection.connect(
                PostgresConfiguration(connectionString: "host=/nowhere/swordfish password=swordfish")
            )
        }
        #expect(error.code == .connectionFailed && !error.description.contains("swordfish"))
    }

    @Test("passwords with any character are accepted where they are quoted or percent-encoded")
    func quoted() {
        for string in [
            "postgres://u:a%40b%2Fc%3Ad@h/d", "host=h dbname=d user=u password='a://b c'", "postgres://u:a?b%23c@h/d",
        ] {
            #expect("\(PostgresConfiguration(connectionString: string))" == "host=h port=5432 dbname=d user=u")
        }
    }
}
