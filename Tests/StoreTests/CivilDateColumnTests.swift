import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Civil days as a column")
struct CivilDateColumnTests {
    @Test("every day of eight centuries is sent and read as the day that the server means")
    func everyDay() async throws {
        let database = try await Database.empty()
        let series = Statement(
            "days",
            """
            select d::date as day, d::date::text as text
            from generate_series('1599-12-30'::timestamp, '2400-03-02', '1 day') as d
            """
        )
        let rows = try await database.raw.query(series)
        let days = try rows.map { try $0.decode("day", as: CivilDate.self) }
        #expect(days.count == 292_258)
        #expect(try rows.map { try $0.decode("text", as: String.self) } == days.map(\.description))
        let sent = Statement(
            "days sent",
            """
            select $1::date[]::text = (
                select array_agg(d::date order by d)::text
                from generate_series('1599-12-30'::timestamp, '2400-03-02', '1 day') as d
            ) as same
            """
        )
        #expect(try await database.raw.query(sent, days)[0].decode("same"))
    }

    @Test("the first and the last day are kept, and days beyond them are rejected")
    func limits() async throws {
        let database = try await Database.empty()
        let echo = Statement("echo", "select $1::date as day, $1::date::text as text")
        for text in ["0001-01-01", "9999-12-31"] {
            let row = try await database.raw.query(echo, try #require(CivilDate(text)))[0]
            #expect(try row.decode("day") == CivilDate(text))
            #expect(try row.decode("text") == text)
        }
        for text in ["0001-12-31 BC", "10000-01-01"] {
            let row = try await database.raw.query(Statement("beyond", "select '\(text)'::date as day"))[0]
            #expect(throws: PostgresError.self) { try row.decode("day", as: CivilDate.self) }
        }
    }
}
