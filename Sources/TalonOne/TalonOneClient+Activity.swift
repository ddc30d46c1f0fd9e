extension TalonOneClient {
    /// Creates a referral code. Not idempotent: a repetition creates a second code.
    public func createReferral(_ referral: NewReferral) async throws(TalonOneError) -> TalonOneAnswer {
        let body = try APIRequest.encode(referral, for: .createReferral)
        return try await send(APIRequest(.createReferral, body: body))
    }

    /// Opens, changes, closes or cancels a session. **Creates an empty profile if the session's is unknown.**
    ///
    /// Version 2 has no total: the answer's `operation` says whether a given one was sent.
    public func updateCustomerSession(
        customerSessionId: String,
        _ session: NewCustomerSession
    ) async throws(TalonOneError) -> TalonOneAnswer {
        let segment = try PathSegment(customerSessionId, for: .updateCustomerSession)
        let v1 = try APIRequest.encode(session, for: .updateCustomerSession)
        let v2 = try APIRequest.encode(NewCustomerSessionV2(session), for: .updateCustomerSessionV2)
        return try await sendInDialect(
            v1: APIRequest(.updateCustomerSession, segment: segment, body: v1),
            v2: APIRequest(.updateCustomerSessionV2, segment: segment, body: v2)
        )
    }

    /// Records an event of a customer. **Creates an empty profile if the event's is unknown.**
    ///
    /// Version 1 requires a session id, version 2 a profile id, and has no member for a session; an event with both is
    /// valid in every deployment.
    public func trackEvent(_ event: NewEvent) async throws(TalonOneError) -> TalonOneAnswer {
        let v1 = try APIRequest.encode(event, for: .trackEvent)
        let v2 = try APIRequest.encode(event.inVersion2, for: .trackEventV2)
        let hasSession = event.sessionId?.isEmpty == false
        let hasProfile = event.profileId?.isEmpty == false
        return try await sendInDialect(
            v1: hasSession ? APIRequest(.trackEvent, body: v1) : nil,
            v2: hasProfile ? APIRequest(.trackEventV2, body: v2) : nil,
            lacking: configuration.dialect == .v1
                ? "version 1 of the API requires an event's session id"
                : "version 2 of the API requires an event's profile id"
        )
    }
}
