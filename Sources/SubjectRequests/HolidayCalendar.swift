/// The public holidays of one place, for the years for which all of them are known.
///
/// Art. 2(1) of Regulation (EEC, Euratom) No 1182/71: public holidays are the days designated as such in the Member State
/// in which action is to be taken.
public struct HolidayCalendar: Sendable, Hashable {
    /// The place: the ISO 3166-1 code of a country, or the ISO 3166-2 code of a region, for example `DE` and `DE-BY`.
    public let jurisdiction: String
    private var names: [CivilDate: String]
    private var years: Set<Int>

    /// A calendar that is complete for some years.
    public init(jurisdiction: String, years: Set<Int>, names: [CivilDate: String]) {
        self.jurisdiction = jurisdiction
        self.years = years
        self.names = names
    }

    /// Whether every public holiday of a year is known.
    public func covers(_ year: Int) -> Bool { years.contains(year) }

    /// Why a date is not a working day: the name of the holiday, `Saturday` or `Sunday`; `nil` for a working day.
    public func dayOff(_ day: CivilDate) -> String? {
        if let name = names[day] { return name }
        let weekday = day.weekday
        return weekday == .saturday || weekday == .sunday ? weekday.name : nil
    }

    /// The error for a line of a calendar file that is not valid.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// The line, from 1.
        public let line: Int
        /// The line and the expected formats.
        public var description: String {
            "line \(line): expected 'YYYY-MM-DD Name', 'YYYY-MM-DD none' or 'covers YYYY'"
        }
    }

    /// The calendar after the controller's own file has overridden it.
    ///
    /// A line is `2026-08-08 Name` to add a public holiday, `2026-08-15 none` to remove one, or `covers 2041` if the file
    /// lists every public holiday of that year. Empty lines are ignored, and so is the rest of a line after `#`. Lines may
    /// end as on any system, and a byte order mark may begin the file.
    public func overlaid(with file: String) throws(Problem) -> HolidayCalendar {
        var calendar = self
        let file = file.unicodeScalars.first == "\u{FEFF}" ? String(file.unicodeScalars.dropFirst()) : file
        // CRLF is one character, and not equal to LF.
        for (number, line) in file.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let text = line.prefix { $0 != "#" }
            let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            let rest = words.dropFirst().first.map(String.init)?.trimmed ?? ""
            if first == "covers", let year = Int(rest), (1...9_999).contains(year) {
                calendar.years.insert(year)
            } else if let day = CivilDate(first), !rest.isEmpty {
                calendar.names[day] = rest.lowercased() == "none" ? nil : rest
            } else {
                throw Problem(line: number + 1)
            }
        }
        return calendar
    }
}

extension String {
    /// The text without white space at its ends.
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
