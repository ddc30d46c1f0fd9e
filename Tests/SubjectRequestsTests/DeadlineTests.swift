import Foundation
import PublicHolidays
import SubjectRequests
import Testing

@Suite("Deadlines")
struct DeadlineTests {
    private let german: DeadlineRules

    init() throws {
        let calendar = try #require(PublicHolidays.calendar(country: "DE"))
        german = DeadlineRules(zone: try #require(TimeZone(identifier: "Europe/Berlin")), calendar: calendar)
    }

    private func noon(_ day: String) throws -> Date {
        try Date("\(day)T11:00:00Z", strategy: .iso8601)
    }

    @Test(
        "one month, and three after an extension, end and are moved according to Regulation 1182/71",
        arguments: [
            ("2026-03-05", "2026-04-05", "2026-04-07", "2026-06-05", "2026-06-05"),
            ("2026-08-31", "2026-09-30", "2026-09-30", "2026-11-30", "2026-11-30"),
            ("2026-01-31", "2026-02-28", "2026-03-02", "2026-04-28", "2026-04-30"),
            ("2026-02-01", "2026-03-01", "2026-03-02", "2026-05-01", "2026-05-04"),
            ("2028-01-31", "2028-02-29", "2028-02-29", "2028-04-29", "2028-05-02"),
            ("2028-02-29", "2028-03-29", "2028-03-29", "2028-05-29", "2028-05-29"),
            ("2024-02-29", "2024-03-29", "2024-04-02", "2024-05-29", "2024-05-29"),
            ("2025-12-01", "2026-01-01", "2026-01-02", "2026-03-01", "2026-03-02"),
        ]
    )
    func workedExamples(received: String, month: String, lawful: String, extended: String, last: String) throws {
        let plain = german.deadline(receivedAt: try noon(received))
        #expect(plain.receivedOn.description == received && plain.timeZone == "Europe/Berlin")
        #expect(plain.answerBy.description == month && plain.noticeBy == plain.answerBy)
        #expect(plain.latestLawful.description == lawful)
        let later = german.deadline(receivedAt: try noon(received), extensionToldOn: try day(received))
        #expect(later.answerBy.description == extended)
        #expect(later.latestLawful.description == last)
        // The month in which the customer must be told is never extended.
        #expect(later.noticeBy == plain.noticeBy)
    }

    /// Received Tuesday, 10 March 2026.
    @Test(
        "a suspension pauses or restarts the period if it started in time, and never moves the answer-by date",
        arguments: [
            (.pause, [("2026-03-12", "2026-03-19")], "2026-04-17"),
            (.restart, [("2026-03-12", "2026-03-19")], "2026-04-20"),
            (.pause, [("2026-03-10", "2026-03-19")], "2026-04-20"),
            (.restart, [("2026-03-10", "2026-03-19")], "2026-04-20"),
            (.pause, [("2026-04-08", "2026-04-12")], "2026-04-10"),
            (.restart, [("2026-04-08", "2026-04-12")], "2026-04-10"),
            (.none, [("2026-03-12", "2026-03-19")], "2026-04-10"),
            (.pause, [("2026-03-12", nil)], "2026-04-10"),
            (.pause, [("2026-03-17", "2026-03-18")], "2026-04-13"),
            (.pause, [("2026-03-18", "2026-03-25")], "2026-04-10"),
            // Shared days count once, in any order of the suspensions.
            (.pause, [("2026-03-14", "2026-03-21"), ("2026-03-12", "2026-03-19")], "2026-04-20"),
            (.pause, [("2026-03-11", "2026-03-21"), ("2026-03-12", "2026-03-13")], "2026-04-20"),
            (.pause, [("2026-03-12", "2026-03-12")], "2026-04-10"),
            // Asked before receipt: only days after receipt are added.
            (.pause, [("2026-03-01", "2026-03-17")], "2026-04-17"),
        ] as [(SuspensionPolicy.Effect, [(String, String?)], String)]
    )
    func suspensions(effect: SuspensionPolicy.Effect, intervals: [(String, String?)], lawful: String) throws {
        var rules = german
        rules.suspensions.effect = effect
        // Easter Monday is 6 April: no end in this table falls on a holiday of that weekend.
        let suspensions = try intervals.map { asked, answered in
            Suspension(cause: .identity, askedOn: try day(asked), answeredOn: try answered.map { try day($0) })
        }
        let deadline = rules.deadline(receivedAt: try noon("2026-03-10"), suspensions: suspensions)
        #expect(deadline.latestLawful.description == lawful)
        #expect(deadline.answerBy.description == "2026-04-10")
    }

    @Test("a suspension and an extension add up: three months from receipt, and the days of the suspension")
    func suspendedAndExtended() throws {
        let suspension = Suspension(
            cause: .clarification,
            askedOn: try day("2026-03-12"),
            answeredOn: try day("2026-03-19")
        )
        let deadline = german.deadline(
            receivedAt: try noon("2026-03-10"),
            suspensions: [suspension],
            extensionToldOn: try day("2026-03-20")
        )
        #expect(deadline.latestLawful.description == "2026-06-17")
        #expect(deadline.answerBy.description == "2026-06-10")
    }

    @Test("if a country or a year has no calendar, the end is not moved and the explanation says so")
    func unknownCalendar() throws {
        var rules = german
        rules.calendar = nil
        let none = rules.deadline(receivedAt: try noon("2026-02-01"))
        #expect(none.latestLawful.description == "2026-03-01")
        #expect(none.steps.last?.rule == .calendarUnknown)
        #expect(
            none.sentences.joined().contains("No calendar of public holidays is configured, so the end is not moved")
        )

        // 31 December 2040 is a Monday; 1 January 2041 is past the calendar.
        let past = german.deadline(receivedAt: try noon("2040-12-01"))
        #expect(past.latestLawful.description == "2041-01-01")
        #expect(past.sentences.joined().contains("The public holidays of 2041 in DE are not known"))

        // A series of days off that leads out of the known years does not move the end at all.
        rules.calendar = HolidayCalendar(
            jurisdiction: "XX",
            years: [2028],
            names: [try day("2028-12-29"): "Holiday"]
        )
        #expect(rules.deadline(receivedAt: try noon("2028-11-29")).latestLawful.description == "2028-12-29")
    }

    @Test("the explanation states each step with its article, in order")
    func explanation() throws {
        let deadline = german.deadline(
            receivedAt: try Date("2026-01-30T23:30:00Z", strategy: .iso8601),
            suspensions: [Suspension(cause: .identity, askedOn: try day("2026-02-20"))],
            extensionToldOn: nil
        )
        #expect(
            deadline.sentences == [
                "Received on Saturday 2026-01-31 in Europe/Berlin; that day is not counted (Art. 3(1) Regulation 1182/71).",
                "The month in which the period ends has no day with the same number, so one month from receipt ends on its "
                    + "last day, Saturday 2026-02-28 (Art. 12(3) GDPR, Art. 3(2)(c) Regulation 1182/71).",
                "The customer was asked on Friday 2026-02-20 to confirm their identity, too late after receipt to suspend "
                    + "the period (Art. 12(6) and Recital 63 GDPR).",
                "2026-02-28 is Saturday, 2026-03-01 is Sunday in DE: the period ends with the next working day, Monday "
                    + "2026-03-02 (Art. 3(4) Regulation 1182/71).",
                "Answer by Saturday 2026-02-28: the strictest reading, which weekends and suspensions do not move.",
                "The last lawful date is Monday 2026-03-02.",
            ]
        )
    }

    @Test("a deadline can be encoded and decoded")
    func coding() throws {
        let deadline = german.deadline(
            receivedAt: try noon("2026-03-05"),
            suspensions: [
                Suspension(cause: .clarification, askedOn: try day("2026-03-06"), answeredOn: try day("2026-03-07"))
            ],
            extensionToldOn: try day("2026-03-08")
        )
        let data = try JSONEncoder().encode(deadline)
        #expect(try JSONDecoder().decode(Deadline.self, from: data) == deadline)
        #expect(String(decoding: data, as: UTF8.self).contains(#""2026-03-05""#))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(CivilDate.self, from: Data(#""2026-02-30""#.utf8))
        }
    }
}
