import CallPolicy
import Testing

@Suite("Backoff")
struct BackoffTests {
    @Test(
        "waits double up to the cap, and lie between a tenth and the whole",
        arguments: [
            (1, 1.0, 100), (2, 1.0, 200), (3, 1.0, 400), (4, 1.0, 500), (400, 1.0, 500), (3, 0.5, 200), (3, 0.0, 40),
            (3, 0.05, 40), (3, 7.0, 400), (0, 1.0, 100), (-3, 1.0, 100),
        ]
    )
    func wait(step: Int, jitter: Double, milliseconds: Int) {
        let backoff = Backoff(base: .milliseconds(100), cap: .milliseconds(500))
        #expect(backoff.wait(step: step, jitter: jitter) == .milliseconds(milliseconds))
    }
}
