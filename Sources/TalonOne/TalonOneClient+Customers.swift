extension TalonOneClient {
    /// Gets the data that Talon.One holds about a customer.
    ///
    /// - Parameters:
    ///   - integrationId: The customer, at most 1,000 characters.
    ///   - sections: The sections to ask for. The answer lacks the sections that the deployment does not have.
    /// - Throws: ``TalonOneError/Code-swift.struct/notFound`` if the customer is unknown. Older deployments may answer
    ///   with an empty inventory instead.
    public func customerInventory(
        integrationId: String,
        sections: Set<InventorySection>
    ) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = Operation.getCustomerInventory
        return try await send(
            APIRequest(
                operation,
                segment: PathSegment(integrationId, for: operation),
                query: sections.sorted().map { "\($0.rawValue)=true" }.joined(separator: "&")
            )
        )
    }

    /// Erases the attributes of a customer's profile and of everything that refers to it. Cannot be undone.
    ///
    /// - Throws: ``TalonOneError/Code-swift.struct/notFound`` if the customer is unknown, which some deployments also
    ///   answer to a second deletion.
    public func deleteCustomerData(integrationId: String) async throws(TalonOneError) -> TalonOneAnswer {
        let operation = Operation.deleteCustomerData
        return try await send(
            APIRequest(operation, segment: PathSegment(integrationId, for: operation))
        )
    }

    /// Merges attributes into a profile; `null` clears one. **Creates the profile if it does not exist.**
    public func updateCustomerProfile(
        integrationId: String,
        _ profile: NewCustomerProfile
    ) async throws(TalonOneError) -> TalonOneAnswer {
        let segment = try PathSegment(integrationId, for: .updateCustomerProfile)
        let body = profile.body
        return try await sendInDialect(
            v1: APIRequest(.updateCustomerProfile, segment: segment, body: body),
            v2: APIRequest(
                .updateCustomerProfileV2,
                segment: segment,
                query: "runRuleEngine=false",
                body: body
            )
        )
    }
}
