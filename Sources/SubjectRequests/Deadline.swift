/// The days by which a request must be answered, with each step that led to them.
///
/// Civil days of the controller's time zone. Art. 12(3) GDPR gives one month, counted as Regulation (EEC, Euratom)
/// No 1182/71 counts; a day lasts until its last hour has ended.
public struct Deadline: Sendable, Hashable, Codable {
    /// The civil day of receipt, and the time zone that decides which day that was.
    public let receivedOn: CivilDate, timeZone: String
    /// The day until which the person can be told of an extension or a refusal: the first month's, moved by nothing.
    public let noticeBy: CivilDate
    /// The day to answer by: the earliest reading. Neither weekends nor suspensions move it.
    public let answerBy: CivilDate
    /// The last day that can be defended: moved to a working day, suspensions counted as configured.
    public let latestLawful: CivilDate
    /// How the days came about, in order.
    public let steps: [Step]

    /// One step of the count.
    public struct Step: Sendable, Hashable, Codable {
        /// The rule that was applied.
        public let rule: Rule
        /// The end of the period after this step; for ``Rule/received`` the day from which it runs.
        public let day: CivilDate
        /// The months counted.
        public var months: Int?
        /// The interval of a suspension, or the day on which the person was told of an extension.
        public var from: CivilDate?, until: CivilDate?
        /// The days on which nobody works that the end was moved over.
        public var over: [DayOff]?
        /// The year for which no calendar is known, and the place; no place where none is configured.
        public var year: Int?, jurisdiction: String?
        /// What was asked in a suspension.
        public var cause: Suspension.Cause?

        init(_ rule: Rule, _ day: CivilDate) {
            self.rule = rule
            self.day = day
        }
    }

    /// A day on which nobody works, and why: a holiday's name, or the weekday.
    public struct DayOff: Sendable, Hashable, Codable {
        /// The day.
        public let day: CivilDate
        /// Its name.
        public let name: String
    }

    /// The rules of the count.
    public enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
        /// The day of receipt is not counted.
        case received
        /// A period in months ends on the day with the same number.
        case sameDay = "same_day"
        /// A month without that number ends it on its last day.
        case lastDay = "last_day"
        /// Two further months: three from receipt.
        case extended
        /// Suspended days are added.
        case paused
        /// The period runs anew from an answer.
        case restarted
        /// A suspension that has not ended moves nothing yet.
        case stillOpen = "still_open"
        /// A suspension that was begun too late moves nothing.
        case askedLate = "asked_late"
        /// A suspension that the controller has chosen not to count.
        case notCounted = "not_counted"
        /// The end is a working day.
        case workingDay = "working_day"
        /// The end is moved to the next working day.
        case moved
        /// No calendar is known, so the end stays where it is.
        case calendarUnknown = "calendar_unknown"

        /// Where the rule stands.
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
