import Foundation
import Postgres
import Testing

/// A value, its type on the server, and the text that the server writes for it.
struct RoundTrip: Sendable, CustomTestStringConvertible {
    let type: String
    let text: String?
    let check: @Sendable (PostgresConnection) async throws -> Void

    init<T: PostgresEncodable & PostgresDecodable & Equatable>(_ type: String, _ value: T, _ text: String?) {
        self.type = type
        self.text = text
        check = { connection in
            let statement = Statement("round trip", "select $1::\(type) as value, $1::\(type)::text as text")
            let row = try await connection.query(statement, value)[0]
            #expect(try row.decode("value", as: T.self) == value)
            #expect(try row.decode("text", as: String?.self) == text)
        }
    }

    var testDescription: String { "\(type) \(text ?? "NULL")" }
}

private let moment = Date(timeIntervalSince1970: 1_769_860_800.123456)

private let cases: [RoundTrip] = [
    RoundTrip("bool", true, "true"),
    RoundTrip("bool", false, "false"),
    RoundTrip("bool", Bool?.none, nil),
    RoundTrip("int4", Int32.max, "2147483647"),
    RoundTrip("int8", Int64.min, "-9223372036854775808"),
    RoundTrip("int8", Int.max, "9223372036854775807"),
    RoundTrip("int8", Int?.none, nil),
    RoundTrip("float8", 0.1, "0.1"),
    RoundTrip("float8", -Double.infinity, "-Infinity"),
    RoundTrip("text", "", ""),
    RoundTrip("text", #"it's "quoted" \ {a,b} %s $1"#, #"it's "quoted" \ {a,b} %s $1"#),
    RoundTrip("text", "a\nb\tc 👩‍👩‍👧 é ß 漢", "a\nb\tc 👩‍👩‍👧 é ß 漢"),
    RoundTrip("varchar", "short", "short"),
    RoundTrip("text", String?.none, nil),
    RoundTrip("bytea", Data([0, 1, 255, 0x5C, 0x27]), #"\x0001ff5c27"#),
    RoundTrip("bytea", Data(), #"\x"#),
    RoundTrip("bytea", Data?.none, nil),
    RoundTrip("timestamptz", moment, "2026-01-31 12:00:00.123456+00"),
    RoundTrip("timestamptz", Date(timeIntervalSince1970: -0.000001), "1969-12-31 23:59:59.999999+00"),
    RoundTrip("timestamptz", Date(timeIntervalSince1970: 0), "1970-01-01 00:00:00+00"),
    RoundTrip("timestamptz", Date?.none, nil),
    RoundTrip("date", PostgresDate(daysSince2000: 0), "2000-01-01"),
    RoundTrip("date", PostgresDate(daysSince2000: -10_957), "1970-01-01"),
    RoundTrip("date", PostgresDate(daysSince2000: -730_120), "0001-12-31 BC"),
    RoundTrip("date", PostgresDate?.none, nil),
    RoundTrip("json", PostgresJSON(#"{ "b": 1,  "a": "\u00e9 👍" }"#), #"{ "b": 1,  "a": "\u00e9 👍" }"#),
    RoundTrip("jsonb", PostgresJSON(#"{"a": "q\"\\", "b": [1, null]}"#), #"{"a": "q\"\\", "b": [1, null]}"#),
    RoundTrip("jsonb", PostgresJSON?.none, nil),
    RoundTrip("bool[]", [true, nil, false], "{t,NULL,f}"),
    RoundTrip("int4[]", [Int32(1), -1], "{1,-1}"),
    RoundTrip("int8[]", [Int64(1), -1], "{1,-1}"),
    RoundTrip("int8[]", [Int?.none, 7], "{NULL,7}"),
    RoundTrip("int8[]", [Int](), "{}"),
    RoundTrip("int8[]", [Int]?.none, nil),
    RoundTrip("float8[]", [1.5, nil], "{1.5,NULL}"),
    RoundTrip("text[]", ["", "NULL", nil, #"a,"b"\{}"#, "👍"], #"{"","NULL",NULL,"a,\"b\"\\{}",👍}"#),
    RoundTrip("bytea[]", [Data([0]), nil, Data()], #"{"\\x00",NULL,"\\x"}"#),
    RoundTrip("timestamptz[]", [moment, nil], #"{"2026-01-31 12:00:00.123456+00",NULL}"#),
    RoundTrip("date[]", [PostgresDate(daysSince2000: 9_861), nil], "{2026-12-31,NULL}"),
    RoundTrip("json[]", [PostgresJSON("[1]"), nil], "{[1],NULL}"),
    RoundTrip("jsonb[]", [PostgresJSON(#"{"a": 1}"#), nil], #"{"{\"a\": 1}",NULL}"#),
]

@Suite("Values")
struct RoundTripTests {
    @Test("a value of every type is unchanged after it was sent and read back", arguments: cases)
    func roundTrip(_ value: RoundTrip) async throws {
        let connection = try await Cluster.connect()
        try await connection.run(script: "set time zone 'UTC'", named: "zone")
        try await value.check(connection)
    }

    @Test("a string takes the type of its place in the statement")
    func strings() async throws {
        let connection = try await Cluster.connect()
        try await connection.run(
            script: """
                create type pg_temp.mood as enum ('good', 'bad');
                create temporary table t (m pg_temp.mood, u uuid, n int, j jsonb, moods pg_temp.mood[]);
                """,
            named: "types"
        )
        let insert = Statement(
            "insert",
            "insert into t values ($1, $2, $3::int, $4, $5::pg_temp.mood[]) returning m, u::text, n, j, moods"
        )
        let id = "8b0f6c7a-3e1d-4c59-9a60-1f2e3d4c5b6a"
        let row = try await connection.query(insert, "bad", id, "7", PostgresJSON("[1]"), ["good", nil])[0]
        #expect(try row.decode("m") == "bad")
        #expect(try row.decode("u") == id)
        #expect(try row.decode("n") == 7)
        #expect(try row.decode("j") == PostgresJSON("[1]"))
        #expect(try row.decode("moods") == ["good", nil])
    }

    @Test("text with a NUL is rejected before it is sent", arguments: [false, true])
    func nul(inArray: Bool) async throws {
        let connection = try await Cluster.connect()
        let secret = "jane@example.com\0"
        let error = try await failure {
            if inArray {
                try await connection.query(Statement("keep", "select $1::text[]"), ["a", secret])
            } else {
                try await connection.query(Statement("keep", "select $1::text"), secret)
            }
        }
        #expect(error.code == .unencodable)
        #expect(error.isDataError)
        #expect(error.description.hasPrefix("statement \"keep\", parameter $1: the text contains a NUL character"))
        #expect(!error.description.contains("jane"))
    }

    @Test("the day numbers that stand for infinity are rejected before they are sent", arguments: [Int32.min, .max])
    func infiniteNumber(days: Int32) async throws {
        let connection = try await Cluster.connect()
        let error = try await failure {
            try await connection.query(Statement("day", "select $1::date"), PostgresDate(daysSince2000: days))
        }
        #expect(error.code == .unencodable)
    }

    @Test(
        "a value that cannot be decoded is reported with its statement and column",
        arguments: [
            ("null::text", "is NULL"), ("'infinity'::timestamptz", "infinite"), ("1.5::numeric", "OID 1700"),
        ]
    )
    func undecodable(sql: String, reason: String) async throws {
        let connection = try await Cluster.connect()
        let row = try await connection.query(Statement("find", "select \(sql) as value"))[0]
        let error = try await failure {
            if sql.hasSuffix("text") || sql.hasSuffix("numeric") {
                _ = try row.decode("value", as: String.self)
            } else {
                _ = try row.decode("value", as: Date.self)
            }
        }
        #expect(error.code == .undecodable)
        #expect(error.column == "value")
        #expect(error.description.hasPrefix("statement \"find\", column \"value\": "))
        #expect(error.description.contains(reason))
        let missing = try await failure { _ = try row.decode("values", as: Int.self) }
        #expect(missing.description == "statement \"find\", column \"values\": the result has no column with this name")
    }

    @Test("an infinite day cannot be decoded")
    func infiniteDay() async throws {
        let connection = try await Cluster.connect()
        let row = try await connection.query(Statement("day", "select '-infinity'::date as day"))[0]
        let error = try await failure { _ = try row.decode("day", as: PostgresDate?.self) }
        #expect(error.description.contains("infinite"))
    }
}
