import Glibc

/// A limit on calls per second that adapts to the API: there is none until the API first throttles a call.
///
/// Each throttled call cuts the rate to 70 %. The rate then grows along a cubic curve: fast up to the rate that was too
/// high, slowly around it, and fast again beyond it. The curve is that of RFC 9438, as the AWS SDKs use it for calls. The
/// limit is never above twice the measured rate, so that a burst cannot follow a quiet hour, and never below one call in
/// two seconds.
public struct AdaptiveRate: Sendable {
    private var measured = MeasuredRate()
    private var cut: Cut?

    /// The last cut: the rate before it, and when it was made.
    private struct Cut {
        var rate: Double
        var instant: ContinuousClock.Instant
    }

    private static let afterCut = 0.7
    private static let growth = 0.4
    private static let floor = 0.5

    /// No limit.
    public init() {}

    /// Counts a call that ended.
    public mutating func ended(at now: ContinuousClock.Instant) {
        measured.count(at: now)
    }

    /// Cuts the rate, because the API throttled a call.
    public mutating func throttled(at now: ContinuousClock.Instant) {
        let rate = min(measured.perSecond(at: now), limit(at: now) ?? .infinity)
        cut = Cut(rate: max(rate, Self.floor), instant: now)
    }

    /// The limit in calls per second; `nil` for none.
    public func limit(at now: ContinuousClock.Instant) -> Double? {
        guard let cut else { return nil }
        let seconds = (now - cut.instant).seconds
        let untilRecovered = cbrt((cut.rate * (1 - Self.afterCut)) / Self.growth)
        let offset = seconds - untilRecovered
        let grown = Self.growth * offset * offset * offset + cut.rate
        return max(Self.floor, min(grown, max(2 * measured.perSecond(at: now), cut.rate * Self.afterCut)))
    }
}

/// Calls per second, smoothed over windows of half a second.
private struct MeasuredRate {
    private var smoothed: Double?
    private var windowStart: ContinuousClock.Instant?
    private var inWindow = 0

    private static let window = Duration.milliseconds(500)

    mutating func count(at now: ContinuousClock.Instant) {
        inWindow += 1
        guard let windowStart else {
            self.windowStart = now
            return
        }
        let elapsed = now - windowStart
        guard elapsed >= Self.window else { return }
        let current = Double(inWindow) / elapsed.seconds
        smoothed = smoothed.map { 0.2 * $0 + 0.8 * current } ?? current
        self.windowStart = now
        inWindow = 0
    }

    func perSecond(at now: ContinuousClock.Instant) -> Double {
        if let smoothed { return smoothed }
        guard let windowStart else { return 0 }
        // The first window is not full yet: use what it has.
        return Double(inWindow) / max((now - windowStart).seconds, MeasuredRate.window.seconds)
    }
}

extension Duration {
    /// The length in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
