public import Foundation

/// How a controller's deadlines are counted: the time zone, the public holidays, and the effect of suspensions.
public struct DeadlineRules: Sendable {
    /// The controller's time zone, which determines dates.
    public var zone: TimeZone
    /// The public holidays at the controller's place; `nil` if none is configured.
    public var calendar: HolidayCalendar?
    /// The effect of suspensions.
    public var suspensions: SuspensionPolicy

    /// Rules for a controller in a time zone.
    public init(
        zone: TimeZone,
        calendar: HolidayCalendar? = nil,
        suspensions: SuspensionPolicy = SuspensionPolicy()
    ) {
        self.zone = zone
        self.calendar = calendar
        self.suspensions = suspensions
    }

    /// Counts the deadline of a request.
    ///
    /// - Parameters:
    ///   - receivedAt: When the request reached the controller.
    ///   - toldOn: The date on which the customer was told of an extension, if there is one (Art. 12(3) GDPR).
    public func deadline(
        receivedAt: Date,
        suspensions: [Suspension] = [],
        extensionToldOn toldOn: CivilDate? = nil
    ) -> Deadline {
        let start = CivilDate(receivedAt, in: zone)
        var count = Count(start: start)
        count.run(from: start, months: 1)
        let firstMonth = count.end
        if let toldOn { count.extend(toldOn: toldOn) }
        count.apply(suspensions, policy: self.suspensions)
        count.move(by: calendar)
        return Deadline(
            receivedOn: start,
            timeZone: zone.identifier,
            noticeBy: firstMonth,
            // Three months from receipt, or two months after the first: the earlier date satisfies both readings.
            answerBy: toldOn == nil ? firstMonth : min(start.adding(months: 3), firstMonth.adding(months: 2)),
            latestLawful: count.end,
            steps: count.steps
        )
    }
}

/// A count in progress: the current end of the period, and the steps so far.
private struct Count {
    let start: CivilDate
    private(set) var end: CivilDate
    private(set) var steps: [Deadline.Step]
    private var months = 1

    init(start: CivilDate) {
        self.start = start
        self.end = start
        self.steps = [Deadline.Step(.received, start)]
    }

    mutating func run(from day: CivilDate, months: Int) {
        self.months = months
        end = day.adding(months: months)
        var step = Deadline.Step(end.day == day.day ? .sameDay : .lastDay, end)
        step.months = months
        steps.append(step)
    }

    /// Counts three months from the start, not two from the end of the first month, which a short month may have cut.
    mutating func extend(toldOn: CivilDate) {
        months = 3
        end = start.adding(months: months)
        var step = Deadline.Step(.extended, end)
        step.months = months
        step.from = toldOn
        steps.append(step)
    }

    mutating func apply(_ suspensions: [Suspension], policy: SuspensionPolicy) {
        var countedUntil = start
        for suspension in suspensions.sorted(by: { $0.askedOn < $1.askedOn }) {
            let from = max(suspension.askedOn, start)
            if policy.effect == .none {
                note(.notCounted, suspension)
            } else if from.days(since: start) > policy.promptDays {
                note(.askedLate, suspension)
            } else if let answeredOn = suspension.answeredOn {
                switch policy.effect {
                case .pause:
                    // Days in two suspensions count once.
                    end = end.adding(days: max(0, answeredOn.days(since: max(from, countedUntil))))
                    countedUntil = max(countedUntil, answeredOn)
                    note(.paused, suspension)
                case .restart, .none:
                    end = max(end, max(answeredOn, start).adding(months: months))
                    note(.restarted, suspension)
                }
            } else {
                note(.stillOpen, suspension)
            }
        }
    }

    private mutating func note(_ rule: Deadline.Rule, _ suspension: Suspension) {
        var step = Deadline.Step(rule, end)
        step.from = suspension.askedOn
        step.until = suspension.answeredOn
        step.cause = suspension.cause
        steps.append(step)
    }

    /// Moves the end to a working day. If the calendar does not cover a year, the end is not moved at all.
    mutating func move(by calendar: HolidayCalendar?) {
        var day = end
        var over: [Deadline.DayOff] = []
        while true {
            guard let calendar, calendar.covers(day.year) else {
                var step = Deadline.Step(.calendarUnknown, end)
                step.year = day.year
                step.jurisdiction = calendar?.jurisdiction
                steps.append(step)
                return
            }
            guard let name = calendar.dayOff(day) else { break }
            over.append(Deadline.DayOff(day: day, name: name))
            day = day.adding(days: 1)
        }
        end = day
        var step = Deadline.Step(over.isEmpty ? .workingDay : .moved, end)
        step.over = over.isEmpty ? nil : over
        step.jurisdiction = calendar?.jurisdiction
        steps.append(step)
    }
}
