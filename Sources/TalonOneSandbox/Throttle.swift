/// The sandbox's rate limit: at most so many requests in any second.
struct Throttle: Sendable {
    private var served: [ContinuousClock.Instant] = []

    /// Whether a request at this time is served; those that are not do not count.
    mutating func admits(at now: ContinuousClock.Instant, limit: Int) -> Bool {
        served.removeAll { now - $0 >= .seconds(1) }
        guard served.count < limit else { return false }
        served.append(now)
        return true
    }
}
