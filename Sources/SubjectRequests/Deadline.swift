/// The dates by which a request must be answered, with each step of the count.
///
/// Dates are in the controller's time zone. Art. 12(3) GDPR sets a period of one month, which is counted according to
/// Regulation (EEC, Euratom) No 1182/71. A date includes its last hour.
public struct Deadline: Sendable, Hashable, Codable {
    /// The date of receipt, and the time zone in which it was determined.
    public let receivedOn: CivilDate, timeZone: String
    /// The last date to tell the customer of an extension or a refusal: the end of the first month. Nothing moves it.
    public let noticeBy: CivilDate
    /// The answer-by date, by the strictest reading of the law. Weekends and suspensions do not move it.
    public let answerBy: CivilDate
    /// The last lawful date: moved to a working day, with suspensions counted as configured.
    public let latestLawful: CivilDate
    /// The steps of the count, in order.
    public let steps: [Step]

    /// One step of the count.
    public struct Step: Sendable, Hashable, Codable {
        /// The rule that the step applies.
        public let rule: Rule
        /// The end of the period after this step; for ``Rule/received`` the date from which it runs.
        public let day: CivilDate
        /// The months counted.
        public var months: Int?
        /// The interval of a suspension, or the date on which the customer was told of an extension.
        public var from: CivilDate?, until: CivilDate?
        /// The days off over which the end was moved.
        public var over: [DayOff]?
        /// The year for which no calendar is known, and the place; no place if none is configured.
        public var year: Int?, jurisdiction: String?
        /// The cause of a suspension.
        public var cause: Suspension.Cause?

        init(_ rule: Rule, _ day: CivilDate) {
            self.rule = rule
            self.day = day
        }
    }

    /// A date that is not a working day, with the name of the holiday or weekday.
    public struct DayOff: Sendable, Hashable, Codable {
        /// The date.
        public let day: CivilDate
        /// The name.
        public let name: String
    }

    /// The rules of the count.
    public enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
        /// The day of receipt is not counted.
        case received
        /// A period in months ends on the day with the same number.
        case sameDay = "same_day"
        /// In a month without that number the period ends on the last day.
        case lastDay = "last_day"
        /// The period is extended by two months, to three from receipt.
        case extended
        /// The days of a suspension are added.
        case paused
        /// The period starts again on the date of the answer.
        case restarted
        /// A suspension that has not ended does not move the period yet.
        case stillOpen = "still_open"
        /// A suspension that started too late does not move the period.
        case askedLate = "asked_late"
        /// A suspension that is not counted, by configuration.
        case notCounted = "not_counted"
        /// The end is a working day.
        case workingDay = "working_day"
        /// The end is moved to the next working day.
        case moved
        /// No calendar is known, so the end is not moved.
        case calendarUnknown = "calendar_unknown"

        /// The article that states the rule.
        public var article: String {
            switch self {
            case .received: "Art. 3(1) Regulation 1182/71"
            case .sameDay, .lastDay: "Art. 12(3) GDPR, Art. 3(2)(c) Regulation 1182/71"
            case .extended: "Art. 12(3) GDPR"
            case .paused, .restarted, .stillOpen, .askedLate, .notCounted: "Art. 12(6) and Recital 63 GDPR"
            case .workingDay, .moved: "Art. 3(4) Regulation 1182/71"
            case .calendarUnknown: "Art. 2(1) and 3(4) Regulation 1182/71"
            }
        }
    }
}
