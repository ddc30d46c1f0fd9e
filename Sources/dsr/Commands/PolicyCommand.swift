import ArgumentParser
import Store
import SubjectRequests

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Show or change the gates and brakes that every run has at least.",
        discussion: """
            The policy is in the database. The configuration of a run can be stricter, and never looser. Only the owner of \
            the schema changes it; each change is logged in the evidence.

            Examples:
              dsr policy show
              dsr policy set --approval true --maximum-erasures 200 --ticket T-1
              dsr policy set --identity true --trusted-channel account --ticket T-1
            """,
        subcommands: [Show.self, Change.self]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the policy.",
            discussion: """
                Examples:
                  dsr policy show
                """
        )

        @Flag(help: "Print JSON.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let policy = try await options.load().withStore { store in try await store.policy() }
            if json { try JSONOutput.print(PolicyJSON(policy)) } else { PolicyText(policy).print() }
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Change the policy.",
            discussion: """
                What is not given stays as it is. Requests that are open already get the stricter gates with the next run; no \
                gate of a request is ever removed.

                Examples:
                  dsr policy set --approval true --ticket T-1
                """
        )

        @Option(
            help: "Whether the requester's identity must be verified, unless the channel is trusted: true or false."
        )
        var identity: Bool?
        @Option(
            name: .customLong("trusted-channel"),
            help: ArgumentHelp(
                "A channel that has verified the identity itself; may be given several times, and replaces the list.",
                valueName: "name"
            )
        )
        var trustedChannels: [String] = []
        @Flag(help: "Trust no channel.")
        var noTrustedChannel = false
        @Option(help: "Whether a second operator must approve an erasure: true or false.")
        var approval: Bool?
        @Option(help: ArgumentHelp("Days that an erasure waits after its receipt, 0 to 21.", valueName: "days"))
        var erasureWaitDays: Int?
        @Option(
            help: ArgumentHelp("Maximum number of erasures in one run; 0 leaves it to the runs.", valueName: "number")
        )
        var maximumErasures: Int?
        @Option(
            help: ArgumentHelp(
                "How many times the median of earlier runs is too many erasures; 0 leaves it to the runs.",
                valueName: "number"
            )
        )
        var spikeFactor: Int?
        @Option(
            help: ArgumentHelp("Number of erasures that is never too many by the factor.", valueName: "number")
        )
        var spikeFloor: Int?
        @Option(
            help: ArgumentHelp(
                "Percentage of customers of a run that Talon.One may not know; 0 leaves it to the runs.",
                valueName: "number"
            )
        )
        var unknownPercent: Int?
        @Option(
            help: ArgumentHelp("Number of unknown customers that is never too many.", valueName: "number")
        )
        var unknownFloor: Int?
        @Option(help: ArgumentHelp("The ticket of the change; kept in the evidence.", valueName: "reference"))
        var ticket: String
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            guard change != PolicyChange() else {
                throw ValidationError("nothing to change; give at least one rule, for example --approval true")
            }
            guard trustedChannels.isEmpty || !noTrustedChannel else {
                throw ValidationError("--trusted-channel and --no-trusted-channel exclude each other")
            }
            guard (0...21).contains(erasureWaitDays ?? 0) else {
                throw ValidationError("--erasure-wait-days must be from 0 to 21")
            }
            guard (0...100).contains(unknownPercent ?? 0) else {
                throw ValidationError("--unknown-percent must be from 0 to 100")
            }
            for limit in [maximumErasures, spikeFactor, spikeFloor, unknownFloor] {
                guard (0...1_000_000_000).contains(limit ?? 0) else {
                    throw ValidationError("a limit must be from 0 to 1,000,000,000")
                }
            }
        }

        func run() async throws {
            try TicketOption.check(ticket)
            let configuration = try await options.load()
            let author = Author.Operator(
                name: CurrentUser.name,
                environment: try configuration.environment(),
                version: Version.current
            )
            let policy = try await configuration.withStore { [change] store in
                try await store.setPolicy(change, ticket: ticket, by: author)
                return try await store.policy()
            }
            PolicyText(policy).print()
        }

        /// What the options say.
        private var change: PolicyChange {
            var change = PolicyChange()
            change.checksIdentity = identity
            change.trustedChannels = noTrustedChannel ? [] : trustedChannels.isEmpty ? nil : trustedChannels
            change.approvesErasures = approval
            change.erasureWaitDays = erasureWaitDays
            change.maximumErasures = Self.limit(maximumErasures)
            change.spikeFactor = Self.limit(spikeFactor)
            change.spikeFloor = spikeFloor.map(PolicyChange.Limit.init)
            change.unknownPercent = Self.limit(unknownPercent)
            change.unknownFloor = unknownFloor.map(PolicyChange.Limit.init)
            return change
        }

        /// A limit of a brake, where 0 leaves it to the runs.
        private static func limit(_ value: Int?) -> PolicyChange.Limit? {
            value.map { PolicyChange.Limit($0 == 0 ? nil : $0) }
        }
    }
}

/// The policy for operators.
private struct PolicyText {
    let policy: Policy

    init(_ policy: Policy) { self.policy = policy }

    func print() {
        let gates = policy.gates
        let trusted = gates.trustedChannels.sorted().joined(separator: ", ")
        var table = Table(["rule", "policy"])
        table.rows = [
            ["identity", gates.checksIdentity ? "verified" : "as the run is configured"],
            [
                "trusted channels",
                gates.checksIdentity ? (trusted.isEmpty ? "none" : trusted) : "as the run is configured",
            ],
            ["approval of erasures", gates.approvesErasures ? "needed" : "as the run is configured"],
            [
                "waiting period of erasures",
                gates.erasureWaitDays > 0
                    ? "\(gates.erasureWaitDays.counted("day")) at least" : "as the run is configured",
            ],
            ["maximum erasures in one run", limit(policy.maximumErasures)],
            ["erasure spike factor", limit(policy.spikeFactor)],
            ["erasure spike floor", limit(policy.spikeFloor)],
            ["unknown customers, percent of a run", limit(policy.unknownPercent)],
            ["unknown customers, floor", limit(policy.unknownFloor)],
        ]
        table.print()
    }

    private func limit(_ value: Int?) -> String { value.map { "\($0.grouped) at most" } ?? "as the run is configured" }
}

/// The policy for programs.
private struct PolicyJSON: Encodable {
    let identity: Bool, trustedChannels: [String], approval: Bool, erasureWaitDays: Int
    let maximumErasures: Nullable<Int>, spikeFactor: Nullable<Int>, spikeFloor: Nullable<Int>
    let unknownPercent: Nullable<Int>, unknownFloor: Nullable<Int>

    init(_ policy: Policy) {
        identity = policy.gates.checksIdentity
        trustedChannels = policy.gates.trustedChannels.sorted()
        approval = policy.gates.approvesErasures
        erasureWaitDays = policy.gates.erasureWaitDays
        maximumErasures = Nullable(policy.maximumErasures)
        spikeFactor = Nullable(policy.spikeFactor)
        spikeFloor = Nullable(policy.spikeFloor)
        unknownPercent = Nullable(policy.unknownPercent)
        unknownFloor = Nullable(policy.unknownFloor)
    }
}
