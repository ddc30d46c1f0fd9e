import PublicHolidays
import SubjectRequests
import Testing

@Suite("Public holidays")
struct HolidayCalendarTests {
    @Test("all 27 Member States have a calendar from 2024 to 2040")
    func memberStates() throws {
        #expect(PublicHolidays.places().count == 27)
        for country in PublicHolidays.places() {
            let calendar = try #require(PublicHolidays.calendar(country: country))
            #expect((2024...2040).allSatisfy(calendar.covers) && !calendar.covers(2023) && !calendar.covers(2041))
            for year in 2024...2040 {
                let christmas = try day("\(year)-12-25")
                #expect(calendar.dayOff(christmas) != nil, "\(country) \(year)")
            }
        }
    }

    @Test(
        "a day off has the name of the country's holiday, the region's holiday or the weekday",
        arguments: [
            ("DE", nil, "2026-04-03", "Good Friday"), ("DE", nil, "2026-05-01", "Labor Day"),
            ("DE", nil, "2026-01-06", nil), ("DE", "BY", "2026-01-06", "Epiphany"),
            ("DE", "BY", "2026-04-03", "Good Friday"),
            ("DE", nil, "2026-04-04", "Saturday"), ("DE", nil, "2026-04-05", "Sunday"), ("DE", nil, "2026-04-07", nil),
            ("GR", nil, "2026-04-13", "Easter Monday"), ("SE", nil, "2026-06-20", "Midsummer Day"),
        ] as [(String, String?, String, String?)]
    )
    func names(country: String, region: String?, date: String, name: String?) throws {
        let calendar = try #require(PublicHolidays.calendar(country: country, region: region))
        #expect(try calendar.dayOff(day(date)) == name)
        #expect(calendar.jurisdiction == (region.map { "\(country)-\($0)" } ?? country))
    }

    @Test("an unknown place has no calendar")
    func unknown() {
        #expect(PublicHolidays.calendar(country: "CH") == nil)
        #expect(PublicHolidays.calendar(country: "DE", region: "XX") == nil)
        #expect(PublicHolidays.calendar(country: "") == nil)
        #expect(PublicHolidays.places(in: "DE").contains("BY"))
        #expect(PublicHolidays.places(in: "XX").isEmpty)
    }

    @Test("the controller's own file adds holidays, removes holidays, and covers years")
    func overlay() throws {
        let calendar = try #require(PublicHolidays.calendar(country: "DE")).overlaid(
            with: """
                # Augsburg
                2026-08-08 Peace Festival   # a Saturday in 2026
                2026-10-03\tnone

                covers 2041
                2041-01-01 New Year's Day
                """
        )
        #expect(try calendar.dayOff(day("2026-08-08")) == "Peace Festival")
        // No longer a holiday, but a Saturday.
        #expect(try calendar.dayOff(day("2026-10-03")) == "Saturday")
        #expect(try calendar.covers(2041) && calendar.dayOff(day("2041-01-01")) == "New Year's Day")
    }

    @Test(
        "a file from any system is read line by line, with or without a byte order mark",
        arguments: ["\n", "\r\n", "\r"].flatMap { end in ["", "\u{FEFF}"].map { (end, $0) } }
    )
    func lineEnds(end: String, mark: String) throws {
        let lines = ["2026-03-27 Works day", "# our own", "2026-03-30 Second day", "2026-12-25 None", "covers 2041"]
        let calendar = try #require(PublicHolidays.calendar(country: "DE"))
        let own = try calendar.overlaid(with: mark + lines.joined(separator: end) + end)
        #expect(try own.dayOff(day("2026-03-27")) == "Works day")
        #expect(try own.dayOff(day("2026-03-30")) == "Second day")
        #expect(try calendar.dayOff(day("2026-12-25")) != nil && own.dayOff(day("2026-12-25")) == nil)
        #expect(own.covers(2041))
        let problem = #expect(throws: HolidayCalendar.Problem.self) {
            try calendar.overlaid(with: mark + ["# first", "", "someday"].joined(separator: end))
        }
        #expect(problem?.line == 3)
    }

    @Test(
        "an invalid line is reported by its number, with the expected formats",
        arguments: ["2026-02-30 Nowhere day", "2026-08-08", "covers", "covers many", "8 August 2026", "2026-08-08none"]
    )
    func problems(line: String) throws {
        let calendar = HolidayCalendar(jurisdiction: "XX", years: [], names: [:])
        let problem = #expect(throws: HolidayCalendar.Problem.self) {
            try calendar.overlaid(with: "# first\n\(line)\n")
        }
        #expect(
            "\(try #require(problem))" == "line 2: expected 'YYYY-MM-DD Name', 'YYYY-MM-DD none' or 'covers YYYY'"
        )
    }
}
