import CallPolicy
import Testing

@Suite("Lease")
struct LeaseTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("a lease is trusted for four fifths of its time from when it was asked for, and not from when it was granted")
    func trust() {
        var lease = Lease(duration: .seconds(60), takenAt: start)
        #expect(lease.isTrusted(at: at(47.9)) && !lease.isTrusted(at: at(48)))
        lease.renewed(sentAt: at(10))
        #expect(lease.isTrusted(at: at(57.9)) && !lease.isTrusted(at: at(58)))
        // An answer that comes late does not take anything back.
        lease.renewed(sentAt: at(5))
        #expect(lease.isTrusted(at: at(57.9)))
    }

    @Test("without word from the database nothing new begins, and its word brings the trust back")
    func doubt() {
        var lease = Lease(duration: .seconds(60), takenAt: start)
        #expect(!lease.isTrusted(at: at(50)) && !lease.isLost)
        lease.renewed(sentAt: at(55))
        #expect(lease.isTrusted(at: at(56)))
    }

    @Test("a lease that the database has refused to renew is lost for good")
    func lost() {
        var lease = Lease(duration: .seconds(60), takenAt: start)
        lease.refused()
        #expect(lease.isLost && !lease.isTrusted(at: start))
        lease.renewed(sentAt: at(1))
        #expect(lease.isLost && !lease.isTrusted(at: at(1)))
    }

    @Test("it is renewed often enough for a renewal to fail several times")
    func interval() {
        let lease = Lease(duration: .seconds(60), takenAt: start)
        #expect(lease.interval == .seconds(10) && lease.renewalDeadline == .seconds(15))
    }
}
