import Processor
import Store
import SubjectRequests

/// Which gates and brakes a run has, for the first lines of its output. One that is off is named too: a safety that was
/// meant to be on and was not understood must be seen.
struct SafeguardText {
    let settings: ProcessorSettings

    var lines: [String] {
        let gates = settings.admission.gates
        let trusted = gates.trustedChannels.sorted().joined(separator: ", ")
        let brake = settings.brake
        let spike = brake.spikeFactor.map { factor in
            "more than \(factor.grouped) times the usual number, and more than \(brake.spikeFloor.grouped)"
        }
        return [
            "Gates: identity \(gates.checksIdentity ? "on, \(trusted.isEmpty ? "no channel is trusted" : "trusted channels \(trusted)")" : "off"); "
                + "approval of erasures \(gates.approvesErasures ? "on" : "off"); waiting period of erasures "
                + (gates.erasureWaitDays == 0 ? "off" : "on, \(gates.erasureWaitDays.counted("day"))"),
            "Brakes on erasures: maximum \(brake.maximum.map(\.grouped) ?? "off"); unusual number "
                + (spike.map { "on, \($0)" } ?? "off")
                + (settings.brakeTicket == nil ? "" : "; switched off for this run by --allow-spike"),
            "Brake on unknown customers: "
                + (settings.unknownBrake.map { limits in
                    "on, more than \(limits.percent) % of a run, and more than \(limits.floor.grouped)"
                } ?? "off") + (settings.unknownTicket == nil ? "" : "; switched off for this run by --allow-unknown"),
            "Canary customer: "
                + (settings.canary == nil
                    ? "off, TALON_ONE_CANARY_CUSTOMER is not set; no known customer is read before the first claim"
                    : "on, must be known before the first claim"),
        ]
    }

    func print() {
        lines.forEach(Terminal.note)
    }
}
