/// Holds back the answer "no data" of a run when unusually many customers are unknown, because then the API key may be
/// that of another environment or account. "Unknown" is an answer about a lookup first, and about the customer second.
public struct UnknownBrake: Sendable, Hashable {
    /// The limits above which unknown customers are unusual.
    public struct Limits: Sendable, Hashable {
        /// The percentage of unknown customers in one run above which they are too many.
        public var percent: Int
        /// Up to this number unknown customers are never too many, and no more of them follow each other, once one customer
        /// was known.
        public var floor: Int

        /// Limits; by default half of the customers of a run, and 5 customers.
        public init(percent: Int = 50, floor: Int = 5) {
            self.percent = percent
            self.floor = floor
        }
    }

    /// The customers that a run asked Talon.One about, as far as it had an answer about them.
    public struct Lookups: Sendable, Hashable {
        /// Requests whose customer is known, and whose customer is unknown.
        public var known: Int, unknown: Int

        /// Counts, by default zero.
        public init(known: Int = 0, unknown: Int = 0) {
            self.known = known
            self.unknown = unknown
        }
    }

    /// Why the answers are held back.
    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// No customer was ever known on this deployment.
        case noneKnownYet(unknown: Int)
        /// Too many in a row are unknown, this run and those before it together.
        case noneKnownLately(unknown: Int, allowed: Int)
        /// Too large a share of this run's customers is unknown.
        case tooMany(Lookups, percent: Int)

        /// One sentence, without a full stop.
        public var description: String {
            switch self {
            case .noneKnownYet(let unknown):
                "Talon.One did not know the \(customers(unknown)) of this run, and has not known any customer of this queue yet"
            case .noneKnownLately(let unknown, let allowed):
                "Talon.One did not know the last \(customers(unknown)), and more than \(allowed.grouped) in a row are unusual"
            case .tooMany(let lookups, let percent):
                "Talon.One did not know \(lookups.unknown.grouped) of \(customers(lookups.known + lookups.unknown)), and more "
                    + "than \(percent) % of a run are unusual"
            }
        }

        private func customers(_ count: Int) -> String { count.counted("customer") }
    }

    private let limits: Limits
    private var hasKnownCustomer: Bool
    /// Unknown customers of earlier runs, since the last run that had a known one.
    private let unknownBefore: Int

    /// A brake that holds answers back only as long as no customer was ever known, however many of them there are.
    public static func untilFirstKnown(_ hasKnownCustomer: Bool) -> UnknownBrake {
        UnknownBrake(Limits(percent: 100, floor: .max), hasKnownCustomer: hasKnownCustomer, earlierRuns: [])
    }

    /// A brake with limits.
    ///
    /// - Parameters:
    ///   - hasKnownCustomer: Whether Talon.One has ever known a customer of this queue, on the present deployment.
    ///   - earlierRuns: What earlier runs looked up, the latest run first.
    public init(_ limits: Limits, hasKnownCustomer: Bool, earlierRuns: [Lookups]) {
        self.limits = limits
        self.hasKnownCustomer = hasKnownCustomer
        unknownBefore = earlierRuns.prefix { $0.known == 0 }.reduce(0) { $0 + $1.unknown }
    }

    /// Talon.One knows a customer of the present deployment.
    public mutating func noteKnownCustomer() {
        hasKnownCustomer = true
    }

    /// Why the answers about unknown customers are held back; `nil` if they are not.
    public func reason(_ lookups: Lookups) -> Reason? {
        guard lookups.unknown > 0 else { return nil }
        if lookups.known == 0 {
            guard hasKnownCustomer else { return .noneKnownYet(unknown: lookups.unknown) }
            let inARow = unknownBefore + lookups.unknown
            if inARow > limits.floor { return .noneKnownLately(unknown: inARow, allowed: limits.floor) }
        }
        let isMany = lookups.unknown * 100 > limits.percent * (lookups.known + lookups.unknown)
        return isMany && lookups.unknown > limits.floor ? .tooMany(lookups, percent: limits.percent) : nil
    }
}
