import Configuration
import Foundation
import PublicHolidays
import Store
import SubjectRequests

/// What the controller has decided about deadlines, gates and brakes.
extension DsrConfiguration {
    /// How deadlines are counted.
    func deadlines() throws(Failure) -> DeadlineRules {
        var rules = DeadlineRules(zone: try timeZone(), calendar: try calendar())
        if let effect: SuspensionPolicy.Effect = try choice("suspension.effect", "DSR_SUSPENSION_EFFECT", in: own) {
            rules.suspensions.effect = effect
        }
        if let days = try number("suspension.promptDays", 0...30) { rules.suspensions.promptDays = days }
        return rules
    }

    /// What is asked of requests before they are worked.
    func gates() throws(Failure) -> GateRules {
        var gates = GateRules()
        let channels = own.stringArray(forKey: "gates.identityChannels") ?? []
        gates.identityChannels = Set(channels.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
        gates.approvesErasures = try flag("gates.approval") ?? false
        // The person has a month to be answered in: the time to think it over must leave some of it.
        gates.erasureWaitDays = try number("gates.erasureWaitDays", 0...21) ?? 0
        return gates
    }

    /// When erasures are held back. Zero switches a limit off.
    func brake() throws(Failure) -> ErasureBrake.Limits {
        var limits = ErasureBrake.Limits()
        if let maximum = try number("brake.maximumErasures", 0...1_000_000_000) {
            limits.maximum = maximum == 0 ? nil : maximum
        }
        if let factor = try number("brake.spikeFactor", 0...1_000) { limits.spikeFactor = factor == 0 ? nil : factor }
        if let floor = try number("brake.spikeFloor", 0...1_000_000_000) { limits.spikeFloor = floor }
        return limits
    }

    /// When to look again at whom we erased; the identifier is kept for that and no longer.
    func recheck() throws(Failure) -> Recheck? {
        guard let days = try number("reappearance.days", 0...29), days > 0 else { return nil }
        return Recheck(dueAfter: .seconds(days * 86_400), keptFor: .seconds(30 * 86_400))
    }

    private func timeZone() throws(Failure) -> TimeZone {
        guard let name = own.text("timeZone") else { return .gmt }
        // By a name that the database knows as well, and not by an offset, which knows no summer.
        guard ["UTC", "GMT"].contains(name) || TimeZone.knownTimeZoneIdentifiers.contains(name),
            let zone = TimeZone(identifier: name)
        else {
            throw Failure(.configuration, "DSR_TIME_ZONE is not a time zone; it looks like Europe/Berlin")
        }
        return zone
    }

    private func calendar() throws(Failure) -> HolidayCalendar? {
        let country = own.text("calendar.country")
        let region = own.text("calendar.region")
        let file = own.text("calendar.file")
        guard let country else {
            guard region == nil, file == nil else {
                throw Failure(
                    .configuration,
                    "DSR_CALENDAR_COUNTRY is not set, and the calendar's region and file need it; it looks like DE"
                )
            }
            return nil
        }
        return try overlay(file, on: try builtIn(country, region, hasFile: file != nil))
    }

    private func builtIn(_ country: String, _ region: String?, hasFile: Bool) throws(Failure) -> HolidayCalendar {
        if let calendar = PublicHolidays.calendar(country: country, region: region) { return calendar }
        guard PublicHolidays.places().contains(country) else {
            // Another country's calendar may come as a file, whole.
            if hasFile {
                return HolidayCalendar(
                    jurisdiction: region.map { "\(country)-\($0)" } ?? country,
                    years: [],
                    names: [:]
                )
            }
            throw Failure(
                .configuration,
                "DSR_CALENDAR_COUNTRY is none of \(PublicHolidays.places().joined(separator: ", ")); another country's "
                    + "holidays can be given in DSR_CALENDAR_FILE"
            )
        }
        let regions = PublicHolidays.places(in: country)
        throw Failure(
            .configuration,
            "DSR_CALENDAR_REGION: "
                + (regions.isEmpty
                    ? "no region of \(country) is known to have public holidays of its own; leave it out"
                    : "the regions of \(country) with public holidays of their own are "
                        + "\(regions.joined(separator: ", ")); leave it out for any other")
        )
    }

    private func overlay(_ file: String?, on calendar: HolidayCalendar) throws(Failure) -> HolidayCalendar {
        guard let file else { return calendar }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw Failure(.configuration, "the file that DSR_CALENDAR_FILE names cannot be read")
        }
        do {
            return try calendar.overlaid(with: text)
        } catch {
            throw Failure(.configuration, "DSR_CALENDAR_FILE: \(error)")
        }
    }
}
