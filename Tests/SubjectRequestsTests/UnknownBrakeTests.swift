import SubjectRequests
import Testing

@Suite("Brake on unknown customers")
struct UnknownBrakeTests {
    private typealias Lookups = UnknownBrake.Lookups

    @Test(
        "answers are held back while no customer was ever known, after too many unknown ones in a row, and for too large a share",
        arguments: [
            // known, unknown, was one ever known, unknown in earlier runs (a negative number: known ones), held back
            (0, 0, false, [], false), (0, 1, false, [], true), (0, 80, false, [], true), (1, 1, false, [], false),
            // In a row, over several runs.
            (0, 5, true, [], false), (0, 6, true, [], true), (0, 1, true, [5], true), (0, 1, true, [2, 3], true),
            (0, 1, true, [2, 2], false), (0, 5, true, [-1, 9], false), (0, 1, true, [3, -1, 9], false),
            (1, 5, true, [9], false),
            // A share of one run.
            (5, 5, true, [], false), (5, 6, true, [], true), (6, 6, true, [], false), (100, 101, true, [], true),
            (1, 40, true, [], true), (1, 40, false, [], true), (1_000, 90, true, [], false),
        ]
    )
    func reason(known: Int, unknown: Int, hasKnown: Bool, earlier: [Int], isHeldBack: Bool) {
        let runs = earlier.map { $0 < 0 ? Lookups(known: -$0, unknown: 9) : Lookups(known: 0, unknown: $0) }
        let brake = UnknownBrake(.init(), hasKnownCustomer: hasKnown, earlierRuns: runs)
        #expect((brake.reason(Lookups(known: known, unknown: unknown)) != nil) == isHeldBack)
    }

    @Test("the limits can be set")
    func limits() {
        let strict = UnknownBrake(.init(percent: 10, floor: 0), hasKnownCustomer: true, earlierRuns: [])
        #expect(strict.reason(Lookups(known: 9, unknown: 1)) == nil)
        #expect(
            strict.reason(Lookups(known: 8, unknown: 1)) == .tooMany(Lookups(known: 8, unknown: 1), percent: 10)
        )
        #expect(strict.reason(Lookups(known: 0, unknown: 1)) == .noneKnownLately(unknown: 1, allowed: 0))
    }

    @Test("the reason states the numbers")
    func sentences() {
        #expect(
            "\(UnknownBrake.Reason.noneKnownYet(unknown: 1))"
                == "Talon.One did not know the 1 customer of this run, and has not known any customer of this queue yet"
        )
        #expect(
            "\(UnknownBrake.Reason.noneKnownLately(unknown: 1_200, allowed: 5))"
                == "Talon.One did not know the last 1,200 customers, and more than 5 in a row are unusual"
        )
        #expect(
            "\(UnknownBrake.Reason.tooMany(Lookups(known: 2, unknown: 40), percent: 50))"
                == "Talon.One did not know 40 of 42 customers, and more than 50 % of a run are unusual"
        )
    }
}
