extension TalonOneClient {
    /// Makes a referral code. Not idempotent: a repetition makes a second code.
    public func createReferral(_ referral: NewReferral) async throws(TalonOneError) -> TalonOneAnswer {
        let body = try Call.encode(referral, for: .createReferral)
        return try await send(
            Call(
                .createReferral,
                body: body,
                values: {
                    [referral.advocateProfileIntegrationId, referral.friendProfileIntegrationId ?? ""]
                        + JSONValue.object(referral.attributes ?? [:]).strings
                }
            )
        )
    }

    /// Opens, changes, closes or cancels a session. **Creates an empty profile if the session's is unknown.**
    public func updateCustomerSession(
        customerSessionId: String,
        _ session: NewCustomerSession
    ) async throws(TalonOneError) -> TalonOneAnswer {
        let segment = try PathSegment(customerSessionId, for: .updateCustomerSession)
        let v1 = try Call.encode(session, for: .updateCustomerSession)
        let v2 = try Call.encode(NewCustomerSessionV2(session), for: .updateCustomerSessionV2)
        let values: @Sendable () -> [String] = { [customerSessionId] + session.values }
        return try await sendInDialect(
            v1: Call(.updateCustomerSession, segment: segment, body: v1, values: values),
            v2: Call(.updateCustomerSessionV2, segment: segment, body: v2, values: values)
        )
    }

    /// Tells of something that a customer did. **Creates an empty profile if the event's is unknown.**
    ///
    /// Version 1 needs a session, version 2 a profile; an event that has both suits every deployment.
    public func trackEvent(_ event: NewEvent) async throws(TalonOneError) -> TalonOneAnswer {
        let body = try Call.encode(event, for: .trackEvent)
        let values: @Sendable () -> [String] = { event.values }
        let hasSession = event.sessionId?.isEmpty == false
        let hasProfile = event.profileId?.isEmpty == false
        return try await sendInDialect(
            v1: hasSession ? Call(.trackEvent, body: body, values: values) : nil,
            v2: hasProfile ? Call(.trackEventV2, body: body, values: values) : nil
        )
    }
}
