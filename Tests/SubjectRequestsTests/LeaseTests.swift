import SubjectRequests
import Testing

@Suite("Lease")
struct LeaseTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test(
        "a lease is valid for four fifths of its duration, counted from when it was requested and not from when it was granted"
    )
    func trust() {
        var lease = Lease(duration: .seconds(60), takenAt: start)
        #expect(lease.isValid(at: at(47.9)) && !lease.isValid(at: at(48)))
        lease.renewed(sentAt: at(10))
        #expect(lease.isValid(at: at(57.9)) && !lease.isValid(at: at(58)))
        // A late answer never shortens the lease.
        lease.renewed(sentAt: at(5))
        #expect(lease.isValid(at: at(57.9)))
    }

    @Test("without an answer from the database the lease becomes invalid, and a renewal makes it valid again")
    func doubt() {
        var lease = Lease(duration: .seconds(60), takenAt: start)
        #expect(!lease.isValid(at: at(50)) && !lease.isLost)
        lease.renewed(sentAt: at(55))
        #expect(lease.isValid(at: at(56)))
    }

    @Test("after its whole duration without an answer the lease has expired, and to renew it is in vain")
    func expired() {
        var lease = Lease(duration: .seconds(60), takenAt: start)
        #expect(!lease.hasExpired(at: at(59.9)) && lease.hasExpired(at: at(60)))
        lease.renewed(sentAt: at(10))
        #expect(!lease.hasExpired(at: at(69.9)) && lease.hasExpired(at: at(70)))
        lease.refused()
        #expect(lease.hasExpired(at: start))
    }

    @Test("a lease whose renewal the database refused stays lost")
    func lost() {
        var lease = Lease(duration: .seconds(60), takenAt: start)
        lease.refused()
        #expect(lease.isLost && !lease.isValid(at: start))
        lease.renewed(sentAt: at(1))
        #expect(lease.isLost && !lease.isValid(at: at(1)))
    }

    @Test("the lease lasts for several renewals")
    func interval() {
        let lease = Lease(duration: .seconds(60), takenAt: start)
        #expect(lease.interval == .seconds(10) && lease.renewalDeadline == .seconds(15))
    }
}
