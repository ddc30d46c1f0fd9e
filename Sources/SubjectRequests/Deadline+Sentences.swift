extension Deadline {
    /// The explanation of the dates for operators: one sentence for each step with its article, and two for the result.
    public var sentences: [String] {
        steps.map { "\($0.sentence(in: timeZone)) (\($0.rule.article))." } + [
            "Answer by \(answerBy.inWords): the strictest reading, which weekends and suspensions do not move.",
            "The last lawful date is \(latestLawful.inWords).",
        ]
    }
}

extension Deadline.Step {
    fileprivate func sentence(in zone: String) -> String {
        switch rule {
        case .received:
            "Received on \(day.inWords) in \(zone); that day is not counted"
        case .sameDay:
            "\(period) from receipt ends on the day with the same number, \(day.inWords)"
        case .lastDay:
            "The month in which the period ends has no day with the same number, so \(period.lowercased()) from receipt "
                + "ends on its last day, \(day.inWords)"
        case .extended:
            "The customer was told on \(from?.inWords ?? "") of an extension by two months: three months from receipt "
                + "end on \(day.inWords)"
        case .paused:
            "\(asked) and answered on \(until?.inWords ?? ""); these days are added, so the period ends on \(day.inWords)"
        case .restarted:
            "\(asked) and answered on \(until?.inWords ?? ""); the period starts again on that date and ends on "
                + day.inWords
        case .stillOpen:
            "\(asked) and has not answered; the suspension counts once they answer"
        case .askedLate:
            "\(asked), too late after receipt to suspend the period"
        case .notCounted:
            "\(asked); suspensions do not move the period in this configuration"
        case .workingDay:
            "That is a working day in \(jurisdiction ?? "")"
        case .moved:
            "\((over ?? []).map { "\($0.day) is \($0.name)" }.joined(separator: ", ")) in \(jurisdiction ?? ""): the "
                + "period ends with the next working day, \(day.inWords)"
        case .calendarUnknown:
            (jurisdiction.map { "The public holidays of \(year.map(String.init) ?? "") in \($0) are not known" }
                ?? "No calendar of public holidays is configured")
                + ", so the end is not moved to a working day and stays on \(day.inWords)"
        }
    }

    private var period: String { months == 1 ? "One month" : "\(months ?? 0) months" }

    private var asked: String {
        "The customer was asked on \(from?.inWords ?? "") "
            + (cause == .clarification ? "to clarify the request" : "to confirm their identity")
    }
}

extension CivilDate {
    /// `Tuesday 2026-04-07`.
    fileprivate var inWords: String { "\(weekday.name) \(self)" }
}
