import Foundation
import SubjectRequests
import Testing

@Suite("Calendar months")
struct CivilMonthTests {
    @Test("a month is read from its ISO 8601 text and from nothing else")
    func text() {
        #expect(CivilMonth("2026-11")?.description == "2026-11")
        for text in [
            "2026-00", "2026-13", "2026-1", "2026-011", "0000-01", "9999-12", "", "2026", "2026-11-01", "２０２６-11",
        ] {
            #expect(CivilMonth(text) == nil, "\(text)")
        }
    }

    @Test("a month begins and ends at the first instant of a day in its time zone, also where clocks change")
    func range() throws {
        let seconds = { (month: String, zone: String) -> (Double, Double) in
            let range = try #require(CivilMonth(month)).range(in: try #require(TimeZone(identifier: zone)))
            return (range.lowerBound.timeIntervalSince1970, range.upperBound.timeIntervalSince1970)
        }
        #expect(try seconds("2026-02", "GMT") == (1_769_904_000, 1_772_323_200))
        // October in Berlin has an hour more than 31 days, and begins two hours before the month in UTC.
        let (begin, end) = try seconds("2026-10", "Europe/Berlin")
        #expect(begin == 1_790_805_600 && end - begin == 31 * 86_400 + 3_600)
        #expect(CivilMonth(of: try day("2028-02-29")).nextFirstDay == (try day("2028-03-01")))
        // Each month begins where the last one has ended.
        for zone in ["Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia"] {
            var month = try #require(CivilMonth("2009-12"))
            for _ in 1...60 {
                let next = CivilMonth(of: month.nextFirstDay)
                let zone = try #require(TimeZone(identifier: zone))
                #expect(month.range(in: zone).upperBound == next.range(in: zone).lowerBound)
                #expect(CivilDate(month.range(in: zone).lowerBound, in: zone) == month.firstDay)
                month = next
            }
        }
    }
}
