/// A limit on calls a second that is not there until the API first asks for fewer, and then finds its way.
///
/// Each throttled call cuts the rate to seven tenths; then it grows along a cubic curve, fast towards the rate that was too
/// much, slowly around it, and beyond (the curve of RFC 9438, as the AWS SDKs use it for calls). Never above twice the rate
/// that is measured, so that a quiet hour does not make a burst; never below one call in two seconds.
public struct AdaptiveRate: Sendable {
    private var measured = MeasuredRate()
    private var cut: Cut?

    /// The last cut: the rate before it, and when it was.
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

    /// Notices that the API asks for fewer calls.
    public mutating func throttled(at now: ContinuousClock.Instant) {
        let rate = min(measured.perSecond(at: now), limit(at: now) ?? .infinity)
        cut = Cut(rate: max(rate, Self.floor), instant: now)
    }

    /// The limit in calls a second; `nil` for none.
    public func limit(at now: ContinuousClock.Instant) -> Double? {
        guard let cut else { return nil }
        let seconds = (now - cut.instant).seconds
        let untilBack = ((cut.rate * (1 - Self.afterCut)) / Self.growth).cubeRoot
        let offset = seconds - untilBack
        let grown = Self.growth * offset * offset * offset + cut.rate
        return max(Self.floor, min(grown, max(2 * measured.perSecond(at: now), cut.rate * Self.afterCut)))
    }
}

/// Calls a second, smoothed over windows of half a second.
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
        // Before the first window is full, as much as it has.
        return Double(inWindow) / max((now - windowStart).seconds, MeasuredRate.window.seconds)
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension Double {
    /// For numbers from zero on, by Newton's method; the module does without a mathematical library.
    fileprivate var cubeRoot: Double {
        guard self > 0 else { return 0 }
        var root = Swift.max(self, 1)
        for _ in 0..<60 { root -= (root * root * root - self) / (3 * root * root) }
        return root
    }
}
