import SubjectRequests
import Testing

@Suite("The brake on erasures")
struct ErasureBrakeTests {
    @Test(
        "erasures are held back beyond the most in a run, and beyond a spike against the median of earlier runs",
        arguments: [
            // due, done, earlier runs, held back
            (1_000, 0, [], false), (1_001, 0, [], true), (1, 1_000, [], true), (0, 5_000, [], false),
            // Too few runs to know what is usual.
            (900, 0, [1, 1, 1, 1], false),
            (900, 0, [1, 1, 1, 1, 1], true),
            // The floor: quiet nights make no spike of a handful.
            (50, 0, [0, 0, 0, 0, 0], false), (51, 0, [0, 0, 0, 0, 0], true), (1, 50, [0, 0, 0, 0, 0], true),
            (90, 0, [9, 9, 9, 9, 9], false), (91, 0, [9, 9, 9, 9, 9], true),
            // One wild night does not make the next one usual; of two in the middle the lower counts.
            (91, 0, [9, 9, 9, 9, 5_000], true), (91, 0, [9, 9, 9, 20, 20, 20], true),
        ]
    )
    func reason(due: Int, done: Int, earlier: [Int], isHeldBack: Bool) {
        let brake = ErasureBrake(ErasureBrake.Limits(), earlierRuns: earlier.shuffled())
        #expect((brake.reason(done: done, due: due) != nil) == isHeldBack)
    }

    @Test("each limit can be switched off")
    func off() {
        let none = ErasureBrake(.init(maximum: nil, spikeFactor: nil), earlierRuns: [0, 0, 0, 0, 0])
        #expect(none.reason(done: 0, due: 1_000_000) == nil)
        let spike = ErasureBrake(.init(maximum: nil, spikeFactor: 2, spikeFloor: 0), earlierRuns: [3, 3, 3, 3, 3])
        #expect(spike.reason(done: 0, due: 6) == nil)
        #expect(spike.reason(done: 0, due: 7) == .spike(found: 7, allowed: 6, median: 3))
    }

    @Test("the reason names the numbers")
    func sentences() {
        #expect("\(ErasureBrake.Reason.tooMany(found: 7, maximum: 5))".contains("7 erasures are due"))
        #expect("\(ErasureBrake.Reason.spike(found: 7, allowed: 6, median: 3))".contains("3 in the median"))
    }
}
