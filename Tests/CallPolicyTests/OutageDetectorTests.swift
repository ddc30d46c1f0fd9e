import CallPolicy
import Testing

@Suite("Outage detector")
struct OutageDetectorTests {
    @Test("so many requests in a row without an answer are an outage, one fewer is not")
    func threshold() {
        var detector = OutageDetector(threshold: 3)
        var readings: [Bool] = [detector.isOut]
        for _ in 1...4 {
            detector.unanswered()
            readings.append(detector.isOut)
        }
        #expect(readings == [false, false, false, true, true])
    }

    @Test("any answer in between starts the count again, and ends an outage")
    func answer() {
        var detector = OutageDetector(threshold: 2)
        for _ in 1...10 {
            detector.unanswered()
            detector.answered()
            #expect(!detector.isOut)
        }
        detector.unanswered()
        detector.unanswered()
        #expect(detector.isOut)
        detector.answered()
        #expect(!detector.isOut)
    }

    @Test("ten in a row, unless told otherwise")
    func standard() {
        #expect(OutageDetector().threshold == 10)
    }
}
