/// The controller's policy: the gates and brakes that every run has at least. The owner of the database sets it; the
/// configuration of a run can be stricter, and never looser.
public struct Policy: Sendable, Hashable {
    /// The gates that requests must pass.
    public var gates = GateRules()
    /// The loosest limits of the brake on erasures; `nil` where a run decides.
    public var maximumErasures: Int?, spikeFactor: Int?, spikeFloor: Int?
    /// The loosest limits of the brake on unknown customers; `nil` where a run decides.
    public var unknownPercent: Int?, unknownFloor: Int?

    /// A policy; by default one that leaves everything to the runs.
    public init() {}

    /// Limits of a run, made stricter where the policy is.
    public func tightening(_ limits: ErasureBrake.Limits) -> ErasureBrake.Limits {
        ErasureBrake.Limits(
            maximum: Self.stricter(limits.maximum, maximumErasures),
            spikeFactor: Self.stricter(limits.spikeFactor, spikeFactor),
            spikeFloor: min(limits.spikeFloor, spikeFloor ?? .max)
        )
    }

    /// Limits of a run, made stricter where the policy is; `nil` for no brake.
    public func tightening(_ limits: UnknownBrake.Limits?) -> UnknownBrake.Limits? {
        guard var limits = limits ?? unknownPercent.map({ _ in UnknownBrake.Limits() }) else { return nil }
        limits.percent = min(limits.percent, unknownPercent ?? .max)
        limits.floor = min(limits.floor, unknownFloor ?? .max)
        return limits
    }

    private static func stricter(_ own: Int?, _ policy: Int?) -> Int? {
        [own, policy].compactMap(\.self).min()
    }
}
