/// The members that an answer of version 2 has only if the request's `responseContent` names them.
enum ResponseContent {
    /// The names for a profile or an event.
    static let ofProfile = [
        "customerProfile", "triggeredCampaigns", "loyalty", "event", "awardedGiveaways", "ruleFailureReasons",
    ]
    /// The names for a session.
    static let ofSession = ofProfile + ["customerSession", "coupons", "referral", "previousReturns"]

    /// The names in a request. The update of a profile has them only together with `runRuleEngine=true`.
    static func named(in body: JSON?, of route: Route) -> Set<String> {
        guard route.operation != .updateCustomerProfile || route.flag("runRuleEngine") else { return [] }
        return Set(body?["responseContent"]?.list?.compactMap(\.text) ?? [])
    }
}
