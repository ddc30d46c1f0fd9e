import Foundation

extension World {
    /// Creates a referral code in an existing campaign.
    mutating func createReferral(
        _ body: [String: JSON],
        settings: SandboxSettings,
        now: String
    ) throws(Refusal) -> Answer {
        guard let campaignId = body["campaignId"]?.integer, campaigns[campaignId] != nil else {
            throw .invalid("Unknown", "There is no such campaign", at: "/campaignId")
        }
        let advocate = body["advocateProfileIntegrationId"]?.text ?? ""
        guard profiles[advocate] != nil || settings.unknownAdvocate == .created else {
            throw .invalid("Unknown", "There is no such advocate", at: "/advocateProfileIntegrationId")
        }
        let attributes = try attributes(in: body, settings: settings)
        let friend = body["friendProfileIntegrationId"]?.text

        touch(profile: advocate, at: now)
        let id = nextNumber()
        let referral = Referral(
            id: id,
            code: Self.code(id),
            created: now,
            campaignId: campaignId,
            advocate: advocate,
            friend: friend,
            startDate: body["startDate"],
            expiryDate: body["expiryDate"],
            usageLimit: body["usageLimit"]?.integer ?? 0,
            attributes: attributes
        )
        referrals[referral.code] = referral
        profiles[advocate]?.advocateOf.append(referral.code)
        if let friend { invitations[friend, default: []].append(referral.code) }
        return .created(json(referral, inventory: false))
    }

    /// A referral; in an inventory, with the customers who used it.
    func json(_ referral: Referral, inventory: Bool) -> JSON {
        var body: [String: JSON] = [
            "id": .int(referral.id),
            "created": .string(referral.created),
            "campaignId": .int(referral.campaignId),
            "advocateProfileIntegrationId": .string(referral.advocate),
            "code": .string(referral.code),
            "usageCounter": .int(referral.usageCounter),
            "usageLimit": .int(referral.usageLimit),
            "attributes": .object(referral.attributes),
        ]
        body["friendProfileIntegrationId"] = referral.friend.map { .string($0) }
        body["startDate"] = referral.startDate
        body["expiryDate"] = referral.expiryDate
        if inventory { body["referredCustomers"] = .array(referral.referred.map { .string($0) }) }
        return .object(body)
    }

    /// The code for a number, without characters that are easily confused. The same number gives the same code.
    private static func code(_ number: Int64) -> String {
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        var rest = UInt64(number) &* 0x9e37_79b9_7f4a_7c15
        var code = ""
        for _ in 0..<10 {
            code.append(alphabet[Int(rest % 32)])
            rest /= 32
        }
        return code
    }
}
