public import SubjectRequests

/// The public holidays of the 27 Member States of the EU and of their regions, embedded in the binary.
public enum PublicHolidays {
    /// Returns the holiday calendar of a country or a region.
    ///
    /// - Parameters:
    ///   - country: The ISO 3166-1 code, for example `DE`.
    ///   - region: The ISO 3166-2 code without the country, for example `BY`; `nil` for nationwide holidays only.
    /// - Returns: `nil` if the country is unknown, or the region has no holidays of its own.
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

    /// The codes of all countries, or of the regions of a country that have holidays of their own.
    public static func places(in country: String? = nil) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("[") else { return nil }
            let parts = line.dropFirst().dropLast().split(separator: "-", maxSplits: 1)
            guard let country else { return parts.count == 1 ? String(parts[0]) : nil }
            return parts.count == 2 && parts[0] == country ? String(parts[1]) : nil
        }
    }

    /// Parses a list of days: `2026-04-05` is one day, `*-01-01` is a day in every year.
    private static func days(_ list: Substring, _ years: ClosedRange<Int>) -> [CivilDate] {
        list.split(separator: " ").flatMap { text in
            text.hasPrefix("*")
                ? years.compactMap { CivilDate("\($0)\(text.dropFirst())") } : [CivilDate(text)].compactMap { $0 }
        }
    }

    private static let text = String(decoding: PackageResources.holidays_txt, as: UTF8.self)
}
