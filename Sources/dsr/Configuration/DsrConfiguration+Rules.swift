import Foundation
import PublicHolidays
import Store
import SubjectRequests

/// What the controller has decided about deadlines, gates and brakes.
extension DsrConfiguration {
    /// How deadlines are counted.
    func deadlines() throws -> DeadlineRules {
        var rules = DeadlineRules(zone: try timeZone(), calendar: try calendar())
        if let effect = settings[DeadlineSettings.suspensionEffect] { rules.suspensions.effect = effect }
        if let days = settings[DeadlineSettings.promptDays] { rules.suspensions.promptDays = days }
        return rules
    }

    /// Which gates are used.
    ///
    /// - Throws: ``Failure`` where channels are trusted and no other is checked, so that one of the two was not meant.
    func gates() throws -> GateRules {
        let trusted = settings[GateSettings.trustedChannels]
        let checksIdentity = settings[GateSettings.identity] ?? false
        guard checksIdentity || trusted == nil else {
            throw Failure(
                .configuration,
                "\(GateSettings.trustedChannels.name) has no effect without \(GateSettings.identity.name); set that to "
                    + "true, or remove the channels"
            )
        }
        return GateRules(
            checksIdentity: checksIdentity,
            trustedChannels: Set(trusted ?? []),
            approvesErasures: settings[GateSettings.approval] ?? false,
            erasureWaitDays: settings[GateSettings.erasureWaitDays] ?? 0
        )
    }

    /// When erasures are held back. Zero switches a limit off.
    func brake() -> ErasureBrake.Limits {
        var limits = ErasureBrake.Limits()
        if let maximum = settings[BrakeSettings.maximumErasures] { limits.maximum = maximum == 0 ? nil : maximum }
        if let factor = settings[BrakeSettings.spikeFactor] { limits.spikeFactor = factor == 0 ? nil : factor }
        if let floor = settings[BrakeSettings.spikeFloor] { limits.spikeFloor = floor }
        return limits
    }

    /// When answers about unknown customers are held back; `nil` where the brake is switched off.
    func unknownBrake() -> UnknownBrake.Limits? {
        var limits = UnknownBrake.Limits()
        if let percent = settings[UnknownCustomerSettings.percent] { limits.percent = percent }
        if let floor = settings[UnknownCustomerSettings.floor] { limits.floor = floor }
        return limits.percent == 0 ? nil : limits
    }

    /// When an erased customer is looked for again. The identifier is kept for that and no longer.
    func recheck() -> Recheck? {
        guard let days = settings[EvidenceSettings.reappearanceDays], days > 0 else { return nil }
        return Recheck(dueAfter: .seconds(days * 86_400), keptFor: .seconds(30 * 86_400))
    }

    private func timeZone() throws -> TimeZone {
        guard let name = settings[DeadlineSettings.timeZone] else { return .gmt }
        // The name must be one that the database knows as well: a region and a place. An offset has no daylight saving
        // time, and Foundation's list of known names lacks some of the current ones, such as Asia/Kolkata.
        guard ["UTC", "GMT"].contains(name) || name.contains("/"), let zone = TimeZone(identifier: name),
            zone.identifier == name
        else {
            throw Failure(
                .configuration,
                "\(DeadlineSettings.timeZone.name) is not a known time zone (example: Europe/Berlin)"
            )
        }
        return zone
    }

    private func calendar() throws -> HolidayCalendar? {
        let region = settings[DeadlineSettings.region]
        let file = settings[DeadlineSettings.calendarFile]
        guard let country = settings[DeadlineSettings.country] else {
            guard region == nil, file == nil else {
                throw Failure(
                    .configuration,
                    "\(DeadlineSettings.country.name) is not set; a region or a calendar file needs it (example: DE)"
                )
            }
            return nil
        }
        return try overlay(file, on: try builtIn(country, region, hasFile: file != nil))
    }

    private func builtIn(_ country: String, _ region: String?, hasFile: Bool) throws -> HolidayCalendar {
        if let calendar = PublicHolidays.calendar(country: country, region: region) { return calendar }
        guard PublicHolidays.places().contains(country) else {
            // The calendar of another country may come from a file alone.
            if hasFile {
                return HolidayCalendar(
                    jurisdiction: region.map { "\(country)-\($0)" } ?? country,
                    years: [],
                    names: [:]
                )
            }
            throw Failure(
                .configuration,
                "\(DeadlineSettings.country.name) must be one of \(PublicHolidays.places().joined(separator: ", ")); "
                    + "for another country, give its public holidays in \(DeadlineSettings.calendarFile.name)"
            )
        }
        let regions = PublicHolidays.places(in: country)
        throw Failure(
            .configuration,
            regions.isEmpty
                ? "\(DeadlineSettings.region.name) must not be set: no region of \(country) has public holidays of its own"
                : "\(DeadlineSettings.region.name) must be one of \(regions.joined(separator: ", ")); remove it for any "
                    + "other region of \(country)"
        )
    }

    private func overlay(_ file: String?, on calendar: HolidayCalendar) throws -> HolidayCalendar {
        guard let file else { return calendar }
        guard let content = InputFile.read(file), let text = String(validating: content, as: UTF8.self) else {
            throw Failure(.configuration, "\(DeadlineSettings.calendarFile.name) names a file that cannot be read")
        }
        do {
            return try calendar.overlaid(with: text)
        } catch {
            throw Failure(.configuration, "\(DeadlineSettings.calendarFile.name): \(error)")
        }
    }
}
