/// The sandbox's rate limit: a maximum number of requests in any period of one second.
struct Throttle: Sendable {
    private var served: [ContinuousClock.Instant] = []

    /// Whether a request at this time is within the limit. Rejected requests do not count.
    mutating func admits(at now: ContinuousClock.Instant, limit: Int) -> Bool {
        served.removeAll { now - $0 >= .seconds(1) }
        guard served.count < limit else { return false }
        served.append(now)
        return true
    }
}
