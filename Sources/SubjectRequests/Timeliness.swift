/// How quickly a number of requests were answered.
///
/// Days are civil days in the time zone of each request. Pauses, extensions and public holidays count as in the request's
/// own dates.
public struct Timeliness: Sendable, Hashable {
    /// Requests that were answered.
    public var answered = 0
    /// Of these: answered by the last lawful day of the first month (Art. 12(3) GDPR, first sentence).
    public var withinOneMonth = 0
    /// Of these: answered within three months of the receipt, or by a last lawful day that is later because of a pause.
    public var withinThreeMonths = 0
    /// Of these: answered after their last lawful day.
    public var late = 0
    /// The median number of days from receipt to answer, the lower of two; `nil` where nothing was answered.
    public var medianDays: Int?

    /// Nothing was answered.
    public init() {}

    /// The share that was answered within one month, in percent, rounded down; `nil` where nothing was answered.
    public var oneMonthPercent: Int? { percent(of: withinOneMonth) }
    /// The share that was answered within three months, in percent, rounded down; `nil` where nothing was answered.
    public var threeMonthsPercent: Int? { percent(of: withinThreeMonths) }

    // Rounded down, so that "100%" is said only where it is true.
    private func percent(of part: Int) -> Int? { answered > 0 ? part * 100 / answered : nil }
}
