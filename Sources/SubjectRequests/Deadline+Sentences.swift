extension Deadline {
    /// Why the days are these days: a sentence a step, each with its article, and two for what follows from them.
    public var sentences: [String] {
        steps.map { "\($0.sentence(in: timeZone)) (\($0.rule.article))." } + [
            "Answer by \(answerBy.inWords): the earliest reading, which neither weekends nor suspensions move.",
            "The latest lawful day is \(latestLawful.inWords).",
        ]
    }
}

extension Deadline.Step {
    fileprivate func sentence(in zone: String) -> String {
        switch rule {
        case .received:
            "Received on \(day.inWords) in \(zone); that day is not counted"
        case .sameDay:
            "\(period) from then ends with the day of the same number, \(day.inWords)"
        case .lastDay:
            "\(period) from then would end on a day that its last month does not have, so it ends with that month, "
                + "on \(day.inWords)"
        case .extended:
            "The person was told on \(from?.inWords ?? "") that it takes two months more: three months from "
                + "receipt end on \(day.inWords)"
        case .paused:
            "\(asked) and answered on \(until?.inWords ?? ""); the days between are added: \(day.inWords)"
        case .restarted:
            "\(asked) and answered on \(until?.inWords ?? ""); the period runs from then: \(day.inWords)"
        case .stillOpen:
            "\(asked) and has not answered; that counts once they have"
        case .askedLate:
            "\(asked): too late after receipt to suspend anything"
        case .notCounted:
            "\(asked); suspensions are not counted here"
        case .workingDay:
            "That is a working day in \(jurisdiction ?? "")"
        case .moved:
            "\((over ?? []).map { "\($0.day) is \($0.name)" }.joined(separator: ", ")) in \(jurisdiction ?? ""): the "
                + "period ends with the next working day, \(day.inWords)"
        case .calendarUnknown:
            (jurisdiction.map { "The holidays of \(year.map(String.init) ?? "") in \($0) are not known" }
                ?? "No calendar of public holidays is configured")
                + ", so the end is not moved to a working day and stays on \(day.inWords)"
        }
    }

    private var period: String { months == 1 ? "One month" : "\(months ?? 0) months" }

    private var asked: String {
        "The person was asked on \(from?.inWords ?? "") \(cause == .clarification ? "what they mean" : "who they are")"
    }
}

extension CivilDate {
    /// `Tuesday 2026-04-07`.
    fileprivate var inWords: String { "\(weekday.name) \(self)" }
}
