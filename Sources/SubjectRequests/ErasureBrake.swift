/// Holds erasures back where there are more of them than there should be: an intake that has gone wrong must not erase a
/// company's customers in one night.
public struct ErasureBrake: Sendable, Hashable {
    /// Where it takes hold.
    public struct Limits: Sendable, Hashable {
        /// The most erasures in one run; `nil` for no such limit.
        public var maximum: Int?
        /// How many times the median of earlier runs is a spike; `nil` for no such limit.
        public var spikeFactor: Int?
        /// So many erasures are never a spike, however quiet earlier runs were.
        public var spikeFloor: Int

        /// A thousand erasures in a run, or ten times the median and more than fifty.
        public init(maximum: Int? = 1_000, spikeFactor: Int? = 10, spikeFloor: Int = 50) {
            self.maximum = maximum
            self.spikeFactor = spikeFactor
            self.spikeFloor = spikeFloor
        }
    }

    /// Why erasures are held back.
    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// More than a run may carry out.
        case tooMany(found: Int, maximum: Int)
        /// More than earlier runs had, by far.
        case spike(found: Int, allowed: Int, median: Int)

        /// One sentence, without a full stop.
        public var description: String {
            switch self {
            case .tooMany(let found, let maximum):
                "\(found) erasures are due, and one run carries out at most \(maximum)"
            case .spike(let found, let allowed, let median):
                "\(found) erasures are due, where earlier runs had \(median) in the median and up to \(allowed) are usual"
            }
        }
    }

    /// Earlier runs that it takes to know what is usual.
    public static let earlierRunsNeeded = 5

    private let limits: Limits
    private let median: Int?

    /// - Parameter earlierRuns: The erasures of each of the last runs.
    public init(_ limits: Limits, earlierRuns: [Int]) {
        self.limits = limits
        let sorted = earlierRuns.sorted()
        self.median = sorted.count >= Self.earlierRunsNeeded ? sorted[(sorted.count - 1) / 2] : nil
    }

    /// Why the erasures that are due must wait; `nil` where they need not.
    ///
    /// - Parameters:
    ///   - done: Erasures that this run has taken on so far.
    ///   - due: Erasures that it could take on now.
    public func reason(done: Int, due: Int) -> Reason? {
        guard due > 0 else { return nil }
        let found = done + due
        if let maximum = limits.maximum, found > maximum { return .tooMany(found: found, maximum: maximum) }
        if let factor = limits.spikeFactor, let median {
            let allowed = max(limits.spikeFloor, median * factor)
            if found > allowed { return .spike(found: found, allowed: allowed, median: median) }
        }
        return nil
    }
}
