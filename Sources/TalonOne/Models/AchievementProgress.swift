public import Foundation

/// How far a customer is in an achievement.
public struct AchievementProgress: Decodable, Sendable, Hashable {
    /// The achievement.
    public var achievementId: Int64?
    /// Its name.
    public var name: String?
    /// Its title for people.
    public var title: String?
    /// What it is about.
    public var description: String?
    /// Its campaign.
    public var campaignId: Int64?
    /// How far the customer is.
    public var status: AchievementStatus?
    /// How much was counted.
    public var progress: Decimal?
    /// How much is needed.
    public var target: Decimal?
    /// When the customer began.
    public var startDate: Timestamp?
    /// When the customer reached the target.
    public var completionDate: Timestamp?
    /// When the customer's time ends.
    public var endDate: Timestamp?
    /// Whether and how it begins anew.
    public var achievementRecurrencePolicy: String?
    /// When it begins.
    public var achievementActivationPolicy: String?
    /// The fixed beginning.
    public var achievementFixedStartDate: Timestamp?
    /// The end for everybody.
    public var achievementEndDate: Timestamp?
    /// Whether a completed achievement can be taken back.
    public var achievementAllowRollbackAfterCompletion: Bool?
}
