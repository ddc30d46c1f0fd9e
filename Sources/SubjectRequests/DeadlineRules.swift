public import Foundation

/// How a controller's deadlines are counted: where, by which calendar, and what suspensions do.
public struct DeadlineRules: Sendable {
    /// The controller's time zone: the one in which the law's days are counted.
    public var zone: TimeZone
    /// The holidays of the place where action is to be taken; `nil` where none is configured.
    public var calendar: HolidayCalendar?
    /// What suspensions do.
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

    /// Counts.
    ///
    /// - Parameters:
    ///   - receivedAt: When the request reached the controller.
    ///   - toldOn: The day on which the person was told of an extension, where there is one (Art. 12(3) GDPR).
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
            // Three months from receipt, or two more than one: the earlier of the two is beyond dispute.
            answerBy: toldOn == nil ? firstMonth : min(start.adding(months: 3), firstMonth.adding(months: 2)),
            latestLawful: count.end,
            steps: count.steps
        )
    }
}

/// A count under way: the end as it stands, and the steps so far.
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

    /// Three months from the start, and not two from an end that was shortened by a short month.
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
                    // Days that two suspensions share stood still once.
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

    /// Moves the end to a working day. Where a day's year has no calendar nothing is moved, and nothing is guessed.
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
