import Foundation
import SubjectRequests
import Testing

@Suite("Civil dates")
struct CivilDateTests {
    @Test(
        "a month later is the day with the same number, or the last day of the month",
        arguments: [
            ("2026-03-05", 1, "2026-04-05"),
            ("2026-01-30", 1, "2026-02-28"),
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2028-01-29", 1, "2028-02-29"),
            ("2028-02-29", 1, "2028-03-29"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2026-02-28", 1, "2026-03-28"),
            ("2026-03-31", 1, "2026-04-30"),
            ("2026-05-31", 1, "2026-06-30"),
            ("2026-08-31", 1, "2026-09-30"),
            ("2026-10-31", 1, "2026-11-30"),
            ("2026-07-31", 1, "2026-08-31"),
            ("2026-11-30", 1, "2026-12-30"),
            ("2026-12-01", 1, "2027-01-01"),
            ("2026-12-31", 1, "2027-01-31"),
            ("2026-12-31", 2, "2027-02-28"),
            ("2026-12-31", 3, "2027-03-31"),
            ("2026-01-31", 0, "2026-01-31"),
            ("2099-12-31", 2, "2100-02-28"),
            ("1999-12-31", 2, "2000-02-29"),
        ]
    )
    func addingMonths(start: String, months: Int, end: String) throws {
        #expect(try day(start).adding(months: months).description == end)
    }

    @Test(
        "only dates of the calendar can be created",
        arguments: [
            (2026, 2, 29, false), (2028, 2, 29, true), (1900, 2, 29, false), (2000, 2, 29, true),
            (2026, 4, 31, false), (2026, 6, 31, false), (2026, 9, 31, false), (2026, 11, 31, false),
            (2026, 1, 31, true), (2026, 1, 32, false), (2026, 1, 0, false), (2026, 0, 1, false),
            (2026, 13, 1, false), (0, 1, 1, false), (1, 1, 1, true), (9999, 12, 31, true), (10_000, 1, 1, false),
        ]
    )
    func existence(year: Int, month: Int, day: Int, exists: Bool) {
        #expect((CivilDate(year: year, month: month, day: day) != nil) == exists)
    }

    @Test(
        "an instant has the date that clocks in the time zone show",
        arguments: [
            ("2026-01-30T22:59:59Z", "Europe/Berlin", "2026-01-30"),
            ("2026-01-30T23:00:00Z", "Europe/Berlin", "2026-01-31"),
            ("2026-07-30T21:59:59Z", "Europe/Berlin", "2026-07-30"),
            ("2026-07-30T22:00:00Z", "Europe/Berlin", "2026-07-31"),
            ("2026-12-31T23:30:00Z", "Europe/Berlin", "2027-01-01"),
            ("2026-01-01T04:59:59Z", "America/New_York", "2025-12-31"),
            ("2026-01-01T10:00:00Z", "Pacific/Kiritimati", "2026-01-02"),
            ("2026-01-01T23:59:59Z", "UTC", "2026-01-01"),
        ]
    )
    func dayOfInstant(instant: String, zone: String, expected: String) throws {
        let date = try Date(instant, strategy: .iso8601)
        #expect(CivilDate(date, in: try #require(TimeZone(identifier: zone))).description == expected)
    }

    @Test("day counts and weekdays agree with the calendar")
    func counting() throws {
        let monday = try day("1999-12-27")
        var date = monday
        for number in 0..<40_000 {
            #expect(date.weekday == CivilDate.Weekday.allCases[number % 7])
            #expect(date.days(since: monday) == number)
            let next = date.adding(days: 1)
            #expect(next > date && next.adding(days: -1) == date)
            #expect(next.day == date.day + 1 || next.day == 1)
            date = next
        }
        #expect(date.description == "2109-07-03")
    }

    @Test(
        "a text is a date only in the full ISO 8601 format",
        arguments: [
            ("2026-04-05", true), ("2026-4-5", false), ("2026-02-30", false), ("20260405", false),
            ("2026-04-05Z", false),
            ("-026-04-05", false), ("2026-04-٠٥", false), ("", false),
        ]
    )
    func reading(text: String, isDay: Bool) {
        #expect((CivilDate(text) != nil) == isDay)
    }

    @Test("dates are ordered by year, then month, then day")
    func order() throws {
        let days = try ["2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01", "2027-01-01"].map(day)
        #expect(days.shuffled().sorted() == days)
    }

    @Test("a date is written in ISO 8601 with all its digits")
    func text() {
        #expect(CivilDate(year: 26, month: 4, day: 5)?.description == "0026-04-05")
    }
}

func day(_ text: String) throws -> CivilDate {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    return try #require(CivilDate(year: parts[0], month: parts[1], day: parts[2]))
}
