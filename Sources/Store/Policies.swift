import Postgres
public import SubjectRequests

/// What changes in the policy; `nil` leaves a rule as it is. A brake's limit of 0 is left to the runs.
public struct PolicyChange: Sendable, Encodable, Equatable {
    /// The gates.
    public var checksIdentity: Bool?, trustedChannels: [String]?, approvesErasures: Bool?, erasureWaitDays: Int?
    /// The brakes.
    public var maximumErasures: Limit?, spikeFactor: Limit?, spikeFloor: Limit?, unknownPercent: Limit?,
        unknownFloor: Limit?

    /// A limit of a brake, or none.
    public struct Limit: Sendable, Encodable, Equatable {
        /// The limit; `nil` leaves it to the runs.
        public let value: Int?

        /// A limit.
        public init(_ value: Int?) { self.value = value }

        /// A number or null.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if let value { try container.encode(value) } else { try container.encodeNil() }
        }
    }

    /// No change.
    public init() {}

    /// The columns that it names.
    private enum CodingKeys: String, CodingKey {
        case checksIdentity = "checks_identity", trustedChannels = "trusted_channels"
        case approvesErasures = "approves_erasures", erasureWaitDays = "erasure_wait_days"
        case maximumErasures = "maximum_erasures", spikeFactor = "spike_factor", spikeFloor = "spike_floor"
        case unknownPercent = "unknown_percent", unknownFloor = "unknown_floor"
    }
}

extension Store {
    /// The policy.
    public func policy() async throws -> Policy {
        try await row(PolicyStatements.read) { row in
            var policy = Policy()
            policy.gates = GateRules(
                checksIdentity: try row.decode("checks_identity"),
                trustedChannels: Set(try row.decode("trusted_channels", as: [String].self)),
                approvesErasures: try row.decode("approves_erasures"),
                erasureWaitDays: try row.decode("erasure_wait_days")
            )
            policy.maximumErasures = try row.decode("maximum_erasures")
            policy.spikeFactor = try row.decode("spike_factor")
            policy.spikeFloor = try row.decode("spike_floor")
            policy.unknownPercent = try row.decode("unknown_percent")
            policy.unknownFloor = try row.decode("unknown_floor")
            return policy
        }
    }

    /// Changes the policy, and logs the change. For the owner of the schema.
    public func setPolicy(_ change: PolicyChange, ticket: String, by author: Author.Operator) async throws {
        try await query(PolicyStatements.set, [try PostgresJSON(encoding: change), ticket, author.facts])
    }
}

private enum PolicyStatements {
    static let read = Statement(
        "read the policy",
        """
        select checks_identity, trusted_channels, approves_erasures, erasure_wait_days, maximum_erasures, spike_factor,
               spike_floor, unknown_percent, unknown_floor
        from dsr.policy
        """
    )

    static let set = Statement("change the policy", "select dsr.set_policy($1::jsonb, $2, $3::json)")
}
