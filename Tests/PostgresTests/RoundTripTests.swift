import Foundation
import Postgres
import Testing

/// A value, the type it has on the server, and how the server writes it as text.
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
private let id = UUID(uuidString: "8B0F6C7A-3E1D-4C59-9A60-1F2E3D4C5B6A") ?? UUID()

private let cases: [RoundTrip] = [
    RoundTrip("bool", true, "true"),
    RoundTrip("bool", false, "false"),
    RoundTrip("bool", Bool?.none, nil),
    RoundTrip("int2", Int16.min, "-32768"),
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
    RoundTrip("date", PostgresDate(year: 2000, month: 2, day: 29), "2000-02-29"),
    RoundTrip("date", PostgresDate(year: 1970, month: 1, day: 1), "1970-01-01"),
    RoundTrip("date", PostgresDate(year: 1500, month: 3, day: 1), "1500-03-01"),
    RoundTrip("date", PostgresDate(year: 0, month: 12, day: 31), "0001-12-31 BC"),
    RoundTrip("date", PostgresDate?.none, nil),
    RoundTrip("uuid", id, "8b0f6c7a-3e1d-4c59-9a60-1f2e3d4c5b6a"),
    RoundTrip("json", PostgresJSON(#"{ "b": 1,  "a": "\u00e9 👍" }"#), #"{ "b": 1,  "a": "\u00e9 👍" }"#),
    RoundTrip("jsonb", PostgresJSON(#"{"a": "q\"\\", "b": [1, null]}"#), #"{"a": "q\"\\", "b": [1, null]}"#),
    RoundTrip("jsonb", PostgresJSON?.none, nil),
    RoundTrip("bool[]", [true, nil, false], "{t,NULL,f}"),
    RoundTrip("int2[]", [Int16(1), -1], "{1,-1}"),
    RoundTrip("int4[]", [Int32(1), -1], "{1,-1}"),
    RoundTrip("int8[]", [Int64(1), -1], "{1,-1}"),
    RoundTrip("int8[]", [Int?.none, 7], "{NULL,7}"),
    RoundTrip("int8[]", [Int](), "{}"),
    RoundTrip("int8[]", [Int]?.none, nil),
    RoundTrip("float8[]", [1.5, nil], "{1.5,NULL}"),
    RoundTrip("text[]", ["", "NULL", nil, #"a,"b"\{}"#, "👍"], #"{"","NULL",NULL,"a,\"b\"\\{}",👍}"#),
    RoundTrip("bytea[]", [Data([0]), nil, Data()], #"{"\\x00",NULL,"\\x"}"#),
    RoundTrip("timestamptz[]", [moment, nil], #"{"2026-01-31 12:00:00.123456+00",NULL}"#),
    RoundTrip("date[]", [PostgresDate(year: 2026, month: 12, day: 31), nil], "{2026-12-31,NULL}"),
    RoundTrip("uuid[]", [id, nil], "{8b0f6c7a-3e1d-4c59-9a60-1f2e3d4c5b6a,NULL}"),
    RoundTrip("json[]", [PostgresJSON("[1]"), nil], "{[1],NULL}"),
    RoundTrip("jsonb[]", [PostgresJSON(#"{"a": 1}"#), nil], #"{"{\"a\": 1}",NULL}"#),
]

@Suite("Values")
struct RoundTripTests {
    @Test("every type survives the way to the server and back", arguments: cases)
    func roundTrip(_ value: RoundTrip) async throws {
        let connection = try await Cluster.connect()
        try await connection.run(script: "set time zone 'UTC'", named: "zone")
        try await value.check(connection)
    }

    @Test("every day of eight centuries has the number that the server gives it")
    func days() async throws {
        let connection = try await Cluster.connect()
        let series = Statement(
            "days",
            """
            select d::date as day, extract(year from d)::int as year, extract(month from d)::int as month,
              extract(day from d)::int as dom
            from generate_series('1599-12-30'::timestamp, '2400-03-02', '1 day') as d
            """
        )
        let rows = try await connection.query(series)
        var days: [PostgresDate] = []
        for row in rows {
            let day: PostgresDate = try row.decode("day")
            let parts = try (row.decode("year", as: Int.self), row.decode("month", as: Int.self))
            let expected = PostgresDate(year: parts.0, month: parts.1, day: try row.decode("dom"))
            guard day == expected else {
                Issue.record("\(expected) was read as \(day)")
                return
            }
            days.append(day)
        }
        let back = Statement(
            "days back",
            "select $1::date[]::text = (select array_agg(d::date)::text from \(Self.same)) as same"
        )
        #expect(try await connection.query(back, days)[0].decode("same", as: Bool.self))
    }

    private static let same = "generate_series('1599-12-30'::timestamp, '2400-03-02', '1 day') as d"

    @Test("a string takes the type that its place in the statement has")
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
            "insert into t values ($1, $2, $3::int, $4, $5::pg_temp.mood[]) returning m, u, n, j, moods"
        )
        let row = try await connection.query(insert, "bad", id.uuidString, "7", PostgresJSON("[1]"), ["good", nil])[0]
        #expect(try row.decode("m") == "bad")
        #expect(try row.decode("u") == id)
        #expect(try row.decode("n") == 7)
        #expect(try row.decode("j") == PostgresJSON("[1]"))
        #expect(try row.decode("moods") == ["good", nil])
    }

    @Test("text with a NUL is refused before it is sent", arguments: [false, true])
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
        #expect(error.description.hasPrefix("statement \"keep\", parameter $1: it holds a NUL character"))
        #expect(!error.description.contains("jane"))
    }

    @Test("a day that does not exist is refused before it is sent")
    func noSuchDay() async throws {
        let connection = try await Cluster.connect()
        for (month, day) in [(2, 30), (13, 1), (0, 1), (4, 31), (1, 0)] {
            let error = try await failure {
                try await connection.query(
                    Statement("day", "select $1::date"),
                    PostgresDate(year: 2026, month: month, day: day)
                )
            }
            #expect(error.code == .unencodable)
        }
    }

    @Test(
        "what cannot be read says which statement and column, and why",
        arguments: [
            ("null::text", "is NULL"), ("'infinity'::timestamptz", "infinite"), ("1.5::numeric", "type number 1700"),
        ]
    )
    func undecodable(sql: String, reason: String) async throws {
        let connection = try await Cluster.connect()
        let row = try await connection.query(Statement("look up", "select \(sql) as value"))[0]
        let error = try await failure {
            if sql.hasSuffix("text") || sql.hasSuffix("numeric") {
                _ = try row.decode("value", as: String.self)
            } else {
                _ = try row.decode("value", as: Date.self)
            }
        }
        #expect(error.code == .undecodable)
        #expect(error.column == "value")
        #expect(error.description.hasPrefix("statement \"look up\", column \"value\": "))
        #expect(error.description.contains(reason))
        let missing = try await failure { _ = try row.decode("values", as: Int.self) }
        #expect(missing.description == "statement \"look up\", column \"values\": there is no such column")
    }

    @Test("an infinite day is refused")
    func infiniteDay() async throws {
        let connection = try await Cluster.connect()
        let row = try await connection.query(Statement("day", "select '-infinity'::date as day"))[0]
        let error = try await failure { _ = try row.decode("day", as: PostgresDate?.self) }
        #expect(error.description.contains("infinite"))
    }
}
