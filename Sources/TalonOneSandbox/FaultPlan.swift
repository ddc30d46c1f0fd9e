/// The installed faults with their remaining counts. The first fault that matches and has a count left applies.
struct FaultPlan: Sendable {
    private struct Entry {
        let fault: SandboxFault
        var toSkip: Int
        var remaining: Int?
    }
    private var entries: [Entry] = []

    mutating func install(_ fault: SandboxFault) {
        entries.append(Entry(fault: fault, toSkip: fault.after ?? 0, remaining: fault.count))
    }

    mutating func clear() { entries = [] }

    /// The behaviour for a request; `nil` if no fault applies.
    mutating func take(operation: String?, identifier: String?, path: String) -> SandboxFault.Behaviour? {
        for index in entries.indices
        where entries[index].fault.match.holds(operation: operation, identifier: identifier, path: path) {
            if entries[index].toSkip > 0 {
                entries[index].toSkip -= 1
                continue
            }
            guard let remaining = entries[index].remaining else { return entries[index].fault.behaviour }
            guard remaining > 0 else { continue }
            entries[index].remaining = remaining - 1
            return entries[index].fault.behaviour
        }
        return nil
    }
}
