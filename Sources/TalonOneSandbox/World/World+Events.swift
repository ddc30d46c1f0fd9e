import Foundation

extension World {
    /// Takes an event. Version 1 names a session, version 2 a profile; an existing session's profile must be the same.
    mutating func track(
        _ route: Route,
        event: [String: JSON],
        settings: SandboxSettings,
        now: String
    ) throws(Refusal) -> Answer {
        guard let type = event["type"]?.text, !type.isEmpty else {
            throw .invalid("Required", "type is required", at: "/type")
        }
        if route.dialect == .v1, event["attributes"]?.members == nil {
            throw .invalid("Required", "attributes is required", at: "/attributes")
        }
        let attributes = try attributes(in: event, settings: settings)
        let sessionId = event["sessionId"]?.text ?? ""
        let profileId = event["profileId"]?.text ?? ""
        switch route.dialect {
        case .v1 where sessionId.isEmpty: throw .invalid("Required", "sessionId is required", at: "/sessionId")
        case .v2 where profileId.isEmpty: throw .invalid("Required", "profileId is required", at: "/profileId")
        default: break
        }
        if let session = sessions[sessionId], session.profileId != profileId {
            throw .invalid("Mismatch", "The session belongs to another profile", at: "/profileId")
        }

        if !profileId.isEmpty { touch(profile: profileId, at: now) }
        if !sessionId.isEmpty, sessions[sessionId] == nil {
            sessions[sessionId] = Session(
                id: sessionId,
                created: now,
                profileId: profileId,
                state: "open",
                coupon: "",
                referral: "",
                cartItems: [],
                identifiers: [],
                total: 0,
                attributes: [:],
                isFirst: profiles[profileId]?.sessions.isEmpty ?? true
            )
            profiles[profileId]?.sessions.insert(sessionId)
        }
        // Only an explicit "no" makes version 2 talk.
        let silence = route.query["silent"] ?? "yes"
        if route.dialect == .v2, silence != "no", silence != "false" { return .noContent }
        let record: JSON = [
            "id": .int(nextNumber()),
            "created": .string(now),
            "applicationId": .int(settings.applicationId),
            "type": .string(type),
            "attributes": .object(attributes),
            "profileId": .string(profileId),
            "sessionId": .string(sessionId),
            "effects": [],
            "ledgerEntries": [],
        ]
        var answer = state(
            route,
            profileId: profileId,
            session: sessions[sessionId],
            event: record,
            settings: settings,
            now: now
        )
        answer.status = route.dialect == .v1 ? 201 : 200
        return answer
    }
}
