import Foundation

extension World {
    /// Records an event. Version 1 requires a session, version 2 a profile. The profile of an existing session must match.
    mutating func track(
        _ route: Route,
        event: [String: JSON],
        settings: SandboxSettings,
        now: String
    ) throws(Refusal) -> Answer {
        let attributes = try attributes(in: event, settings: settings)
        // Version 2 has no member for a session.
        let sessionId = route.dialect == .v1 ? event["sessionId"]?.text ?? "" : ""
        let profileId = event["profileId"]?.text ?? ""
        if let session = sessions[sessionId], ExactText(session.profileId) != ExactText(profileId) {
            throw .invalid("Mismatch", "The session belongs to another profile", at: "/profileId")
        }

        if !profileId.isEmpty { touch(profile: profileId, at: now) }
        if !sessionId.isEmpty, sessions[sessionId] == nil {
            sessions[sessionId] = .opened(
                id: sessionId,
                profileId: profileId,
                isFirst: isFirstSession(of: profileId),
                at: now
            )
            profiles[profileId]?.sessions.insert(sessionId)
        }
        // Version 2 answers with a body only if the request says `silent=no`.
        let silence = route.query["silent"] ?? "yes"
        if route.dialect == .v2, silence != "no", silence != "false" { return .noContent }
        var record: [String: JSON] = [
            "id": .int(nextNumber()),
            "created": .string(now),
            "applicationId": .int(settings.applicationId),
            "type": event["type"] ?? "",
            "attributes": .object(attributes),
            "profileId": .string(profileId),
            "effects": [],
            "ledgerEntries": [],
        ]
        if route.dialect == .v1 { record["sessionId"] = .string(sessionId) }
        var answer = state(
            route,
            profileId: profileId,
            session: sessions[sessionId],
            event: .object(record),
            content: ResponseContent.named(in: .object(event), of: route),
            settings: settings,
            now: now
        )
        answer.status = route.dialect == .v1 ? 201 : 200
        return answer
    }
}
