/// Holds all erasures of a run back when unusually many are due, so that a faulty intake cannot erase a company's customers
/// in one night.
public struct ErasureBrake: Sendable, Hashable {
    /// The limits above which erasures are held back.
    public struct Limits: Sendable, Hashable {
        /// The maximum number of erasures in one run; `nil` for no such limit.
        public var maximum: Int?
        /// How many times the median of earlier runs is a spike; `nil` for no such limit.
        public var spikeFactor: Int?
        /// Up to this number erasures are never a spike, however few earlier runs had. Without a median more are one.
        public var spikeFloor: Int

        /// Limits; by default 1,000 erasures in a run, and 10 times the median but at least 50.
        public init(maximum: Int? = 1_000, spikeFactor: Int? = 10, spikeFloor: Int = 50) {
            self.maximum = maximum
            self.spikeFactor = spikeFactor
            self.spikeFloor = spikeFloor
        }
    }

    /// Why erasures are held back.
    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// More erasures are due than one run may carry out.
        case tooMany(found: Int, maximum: Int)
        /// Far more erasures are due than earlier runs carried out.
        case spike(found: Int, allowed: Int, median: Int)
        /// Many erasures are due, and there are too few earlier runs to compare with: the first run, or an import.
        case noHistory(found: Int, allowed: Int)

        /// One sentence, without a full stop.
        public var description: String {
            switch self {
            case .tooMany(let found, let maximum):
                "\(due(found)), and one run carries out at most \(maximum.grouped)"
            case .spike(let found, let allowed, let median):
                "\(due(found)), and one run carries out at most \(allowed.grouped) because the median of earlier runs is "
                    + "\(median.grouped)"
            case .noHistory(let found, let allowed):
                "\(due(found)), and one run carries out at most \(allowed.grouped) until there are "
                    + "\(ErasureBrake.earlierRunsNeeded) earlier runs to compare with"
            }
        }

        private func due(_ found: Int) -> String {
            found.counted("erasure is due", "erasures are due")
        }
    }

    /// The number of earlier runs that a median needs.
    public static let earlierRunsNeeded = 5

    private let limits: Limits
    private let median: Int?

    /// A brake with limits.
    ///
    /// - Parameter earlierRuns: The number of erasures in each of the last runs.
    public init(_ limits: Limits, earlierRuns: [Int]) {
        self.limits = limits
        let sorted = earlierRuns.sorted()
        self.median = sorted.count >= Self.earlierRunsNeeded ? sorted[(sorted.count - 1) / 2] : nil
    }

    /// Why the erasures that are due are held back; `nil` if they are not.
    ///
    /// - Parameters:
    ///   - done: Erasures that this run has started so far.
    ///   - due: Erasures that it could start now.
    public func reason(done: Int, due: Int) -> Reason? {
        guard due > 0 else { return nil }
        let found = done + due
        if let maximum = limits.maximum, found > maximum { return .tooMany(found: found, maximum: maximum) }
        guard let factor = limits.spikeFactor else { return nil }
        guard let median else {
            return found > limits.spikeFloor ? .noHistory(found: found, allowed: limits.spikeFloor) : nil
        }
        let allowed = max(limits.spikeFloor, median * factor)
        return found > allowed ? .spike(found: found, allowed: allowed, median: median) : nil
    }
}
