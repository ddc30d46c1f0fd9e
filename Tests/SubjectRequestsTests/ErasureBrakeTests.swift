import SubjectRequests
import Testing

@Suite("Erasure brake")
struct ErasureBrakeTests {
    @Test(
        "erasures are held back above the maximum of a run, and above a spike over the median of earlier runs",
        arguments: [
            // due, done, earlier runs, held back
            (1_001, 0, [], true), (1, 1_000, [], true), (0, 5_000, [], false),
            // Too few runs for a median: the first run, or an import. The floor holds.
            (50, 0, [], false), (51, 0, [], true), (1, 50, [], true), (900, 0, [9, 9, 9, 9], true),
            (50, 0, [900, 900, 900, 900], false), (51, 0, [900, 900, 900, 900], true),
            (900, 0, [1, 1, 1, 1, 1], true),
            // The floor: after quiet nights a few erasures are no spike.
            (50, 0, [0, 0, 0, 0, 0], false), (51, 0, [0, 0, 0, 0, 0], true), (1, 50, [0, 0, 0, 0, 0], true),
            (90, 0, [9, 9, 9, 9, 9], false), (91, 0, [9, 9, 9, 9, 9], true),
            // One busy night does not move the median; of two runs in the middle the lower one counts.
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
        let first = ErasureBrake(.init(maximum: 10, spikeFactor: nil), earlierRuns: [])
        #expect(first.reason(done: 0, due: 10) == nil && first.reason(done: 0, due: 11) != nil)
        let spike = ErasureBrake(.init(maximum: nil, spikeFactor: 2, spikeFloor: 0), earlierRuns: [3, 3, 3, 3, 3])
        #expect(spike.reason(done: 0, due: 6) == nil)
        #expect(spike.reason(done: 0, due: 7) == .spike(found: 7, allowed: 6, median: 3))
    }

    @Test("the reason states the numbers")
    func sentences() {
        #expect(
            "\(ErasureBrake.Reason.noHistory(found: 51, allowed: 50))"
                == "51 erasures are due, and one run carries out at most 50 until there are 5 earlier runs to compare with"
        )
        #expect(
            "\(ErasureBrake.Reason.tooMany(found: 1_234_567, maximum: 1_000))"
                == "1,234,567 erasures are due, and one run carries out at most 1,000"
        )
        #expect(
            "\(ErasureBrake.Reason.spike(found: 1, allowed: 0, median: 0))"
                == "1 erasure is due, and one run carries out at most 0 because the median of earlier runs is 0"
        )
    }
}
