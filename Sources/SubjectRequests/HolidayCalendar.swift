/// The public holidays of one place, for the years that it is known for.
///
/// Art. 2(1) of Regulation (EEC, Euratom) No 1182/71: public holidays are the days designated as such in the Member State
/// in which action is to be taken.
public struct HolidayCalendar: Sendable, Hashable {
    /// The place: a country's code of ISO 3166-1, and a region's of ISO 3166-2 where there is one, as in `DE` and `DE-BY`.
    public let jurisdiction: String
    private var names: [CivilDate: String]
    private var years: Set<Int>

    /// A calendar that is whole for some years.
    public init(jurisdiction: String, years: Set<Int>, names: [CivilDate: String]) {
        self.jurisdiction = jurisdiction
        self.years = years
        self.names = names
    }

    /// Whether every public holiday of a year is known.
    public func covers(_ year: Int) -> Bool { years.contains(year) }

    /// Why nobody works on a day: its holiday's name, or `Saturday` or `Sunday`; `nil` for a working day.
    public func dayOff(_ day: CivilDate) -> String? {
        if let name = names[day] { return name }
        let weekday = day.weekday
        return weekday == .saturday || weekday == .sunday ? weekday.name : nil
    }

    /// What was wrong with a calendar's file.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// The line, from 1.
        public let line: Int
        /// What a line may be.
        public var description: String {
            "line \(line) is neither 'YYYY-MM-DD Name', 'YYYY-MM-DD none' nor 'covers YYYY'"
        }
    }

    /// The calendar with the controller's own file over it.
    ///
    /// A line is `2026-08-08 Name` for a further public holiday, `2026-08-15 none` for a day that is not one here, or
    /// `covers 2041` where the file has every public holiday of a year. Empty lines, and what follows a `#`, say nothing.
    public func overlaid(with file: String) throws(Problem) -> HolidayCalendar {
        var calendar = self
        for (number, line) in file.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let text = line.prefix { $0 != "#" }
            let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            let rest = words.dropFirst().first.map(String.init)?.trimmed ?? ""
            if first == "covers", let year = Int(rest), (1...9_999).contains(year) {
                calendar.years.insert(year)
            } else if let day = CivilDate(first), !rest.isEmpty {
                calendar.names[day] = rest == "none" ? nil : rest
            } else {
                throw Problem(line: number + 1)
            }
        }
        return calendar
    }
}

extension String {
    /// Without white space at its ends.
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
