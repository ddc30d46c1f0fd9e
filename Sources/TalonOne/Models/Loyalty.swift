public import Foundation

/// The loyalty section of an inventory.
public struct LoyaltyInventory: Decodable, Sendable, Hashable {
    /// Programmes by their number.
    public var programs: [String: LoyaltyProgram]?
    /// Loyalty cards.
    public var cards: [LoyaltyCard]?
}

/// A customer's part in a loyalty programme.
public struct LoyaltyProgram: Decodable, Sendable, Hashable {
    /// Its number; newer revisions only.
    public var id: Int64?
    /// Its title for people.
    public var title: String?
    /// Its name.
    public var name: String?
    /// When the customer joined.
    public var joinDate: Timestamp?
    /// The main ledger.
    public var ledger: LoyaltyBalance?
    /// Further ledgers by name.
    public var subLedgers: [String: LoyaltyBalance]?
}

/// The points in one ledger.
public struct LoyaltyBalance: Decodable, Sendable, Hashable {
    /// Points that can be spent.
    public var currentBalance: Decimal?
    /// Points that will become spendable.
    public var pendingBalance: Decimal?
    /// Points that have expired; deprecated.
    public var expiredBalance: Decimal?
    /// Points that were spent; deprecated.
    public var spentBalance: Decimal?
    /// Points that an open session would leave.
    public var tentativeCurrentBalance: Decimal?
    /// Points that an open session would leave to become spendable.
    public var tentativePendingBalance: Decimal?
    /// Points owed.
    public var negativeBalance: Decimal?
    /// The tier; its shape differs between revisions.
    public var currentTier: JSONValue?
    /// What is missing to the next tier.
    public var pointsToNextTier: Decimal?
    /// The next tier.
    public var nextTierName: String?
}

/// A loyalty card. It can belong to several people.
public struct LoyaltyCard: Decodable, Sendable, Hashable {
    /// Its number.
    public var id: Int64?
    /// When it was made.
    public var created: Timestamp?
    /// When it was last changed.
    public var modified: Timestamp?
    /// Its programme.
    public var programID: Int64?
    /// The programme's name.
    public var programName: String?
    /// The programme's title.
    public var programTitle: String?
    /// `active`, `inactive`, or what else the API comes to say.
    public var status: String?
    /// Why it was blocked.
    public var blockReason: String?
    /// What is printed on it.
    public var identifier: String?
    /// How many people may share it; 0 is without limit.
    public var usersPerCardLimit: Int64?
    /// Who shares it: **the ids of other people may be among them**.
    public var profiles: [Holder]?
    /// The main ledger.
    public var ledger: LoyaltyBalance?
    /// Further ledgers by name.
    public var subledgers: [String: LoyaltyBalance]?
    /// The card that this one replaced.
    public var oldCardIdentifier: String?
    /// The card that replaced this one.
    public var newCardIdentifier: String?
    /// The batch it was made in.
    public var batchId: String?

    /// One of the people who share a card.
    public struct Holder: Decodable, Sendable, Hashable {
        /// The customer.
        public var integrationId: String?
        /// Since when.
        public var timestamp: Timestamp?
    }
}
