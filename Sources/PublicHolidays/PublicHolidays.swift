public import SubjectRequests

/// The public holidays of the 27 Member States and of their regions, as they are embedded in the binary.
public enum PublicHolidays {
    /// Reads the calendar of a place.
    ///
    /// - Parameters:
    ///   - country: ISO 3166-1, as in `DE`.
    ///   - region: ISO 3166-2 without the country, as in `BY`; `nil` for the days of the whole country.
    /// - Returns: `nil` where the country, or the region's holidays of its own, are not known.
    public static func calendar(country: String, region: String? = nil) -> HolidayCalendar? {
        let sections = [country] + (region.map { ["\(country)-\($0)"] } ?? [])
        var names: [CivilDate: String] = [:]
        var found: Set<Substring> = []
        var years = 0...0
        var section: Substring = ""
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("[") {
                section = line.dropFirst().dropLast()
                if sections.contains(String(section)) { found.insert(section) }
            } else if line.hasPrefix("years ") {
                let numbers = line.split(separator: " ").compactMap { Int($0) }
                if numbers.count == 2 { years = numbers[0]...numbers[1] }
            } else if found.contains(section), let colon = line.firstIndex(of: ":") {
                for day in days(line[colon...].dropFirst(), years) { names[day] = String(line[..<colon]) }
            }
        }
        guard found.count == sections.count else { return nil }
        return HolidayCalendar(jurisdiction: sections.last ?? country, years: Set(years), names: names)
    }

    /// The countries, or the regions of one that have holidays of their own, by their codes.
    public static func places(in country: String? = nil) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("[") else { return nil }
            let parts = line.dropFirst().dropLast().split(separator: "-", maxSplits: 1)
            guard let country else { return parts.count == 1 ? String(parts[0]) : nil }
            return parts.count == 2 && parts[0] == country ? String(parts[1]) : nil
        }
    }

    /// `2026-04-05` is a day; `*-01-01` is one in each year.
    private static func days(_ list: Substring, _ years: ClosedRange<Int>) -> [CivilDate] {
        list.split(separator: " ").flatMap { text in
            text.hasPrefix("*")
                ? years.compactMap { CivilDate("\($0)\(text.dropFirst())") } : [CivilDate(text)].compactMap { $0 }
        }
    }

    private static let text = String(decoding: PackageResources.holidays_txt, as: UTF8.self)
}
