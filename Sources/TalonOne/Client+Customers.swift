extension TalonOneClient {
    /// What Talon.One holds about a customer.
    ///
    /// - Parameters:
    ///   - integrationId: the customer, at most 1,000 characters.
    ///   - sections: what to ask for; a section that the deployment does not know is left out of the answer.
    /// - Throws: ``TalonOneError/Code-swift.struct/notFound`` if newer deployments know no such customer; older ones may
    ///   answer with an empty inventory.
    public func customerInventory(
        integrationId: String,
        sections: Set<InventorySection>
    ) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = Operation.getCustomerInventory
        return try await send(
            Call(
                operation,
                segment: PathSegment(integrationId, for: operation),
                query: sections.sorted().map { "\($0.rawValue)=true" }.joined(separator: "&"),
                values: { [integrationId] }
            )
        )
    }

    /// Clears the attributes of a customer's profile and of everything that refers to it. Cannot be undone.
    ///
    /// - Throws: ``TalonOneError/Code-swift.struct/notFound`` where the deployment knows no such customer, which may
    ///   also be the answer to a second deletion.
    public func deleteCustomerData(integrationId: String) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = Operation.deleteCustomerData
        return try await send(
            Call(operation, segment: PathSegment(integrationId, for: operation), values: { [integrationId] })
        )
    }

    /// Merges attributes into a profile, where `null` clears one. **Creates the profile if there is none.**
    public func updateCustomerProfile(
        integrationId: String,
        _ profile: NewCustomerProfile
    ) async throws(TalonOneError) -> TalonOneAnswer {
        let segment = try PathSegment(integrationId, for: .updateCustomerProfile)
        let body = try Call.encode(profile, for: .updateCustomerProfile)
        let values: @Sendable () -> [String] = { [integrationId] + JSONValue.object(profile.attributes).strings }
        return try await sendInDialect(
            v1: Call(.updateCustomerProfile, segment: segment, body: body, values: values),
            v2: Call(
                .updateCustomerProfileV2,
                segment: segment,
                query: "runRuleEngine=false",
                body: body,
                values: values
            )
        )
    }
}
