/// An API request that changes data and is about to be sent.
public struct Intent: Sendable, Hashable {
    /// What the API request does.
    public enum Action: String, Sendable {
        /// Removes the customer from the reservation of a coupon.
        case releaseReservation = "release_reservation"
        /// Deletes the customer's data.
        case deleteCustomerData = "delete_customer_data"
        /// Deletes the data of a customer whom Talon.One did not know when it was asked just before. If no answer comes, that
        /// explains nothing about the customer later, as the deletion of a known customer does.
        case deleteUnknownCustomer = "delete_unknown_customer"
        /// Sets or clears attributes of the profile.
        case updateProfile = "update_profile"
    }

    /// The claim under which it is sent.
    public let claim: Claim
    /// What it does.
    public let action: Action

    /// An intent under a claim.
    public init(_ action: Action, under claim: Claim) {
        self.claim = claim
        self.action = action
    }
}

/// Whether an announced API request may be sent.
public enum Permission: Sendable, Hashable {
    /// It may; its entry is in the evidence log.
    case granted
    /// A gate has closed since the request was claimed.
    case closed(Gate)
    /// The claim is no longer valid: another run holds the request, or it has ended.
    case lost
}
