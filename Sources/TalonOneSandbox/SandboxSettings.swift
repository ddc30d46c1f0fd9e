/// The settings of a sandbox: its credentials, and its behaviour where no source says what Talon.One does.
///
/// `PATCH /_sandbox/settings` changes the given keys and keeps the others.
public struct SandboxSettings: Sendable, Codable, Hashable {
    /// The API keys that are accepted in `Authorization: ApiKey-v1 …`.
    public var apiKeys: [String] = ["sandbox"]
    /// The Application id in `Content-Signature`, and of sessions and events.
    public var applicationId: Int64 = 1
    /// The Application key, 16 hexadecimal digits; `nil` disables the older scheme.
    public var applicationKey: String? = "fefecafedeadbeef"
    /// Whether requests need credentials.
    public var requireAuthentication = true
    /// The name of the environment. `sandbox` sets the `sandbox` member of profiles.
    public var environment = "sandbox"
    /// The signature that the older scheme requires for a request without a body.
    public var hmacForEmptyBody = EmptyBodySignature.required
    /// The status for a request without credentials: 401, 400 or 403.
    public var missingCredentialStatus = 401

    /// The status for the deletion of a customer who does not exist: 204 or 404.
    public var unknownProfileDelete = 404
    /// The answer to the inventory of a customer who does not exist.
    public var unknownProfileInventory = UnknownInventory.notFound
    /// The state of a profile after a deletion.
    public var afterDelete = AfterDelete.gone
    /// The customer whose profile is in every inventory, as a faulty API would answer; `nil` for each customer's own.
    public var profileOfAnother: String?
    /// The handling of a referral whose advocate does not exist.
    public var unknownAdvocate = UnknownAdvocate.refused

    /// The available versions of the profile, session and event operations.
    public var dialects: Set<Dialect> = [.v1, .v2]
    /// The available sections of the inventory. A flag for another section is ignored.
    public var availableInventorySections: Set<InventorySection> = Set(InventorySection.allCases)
    /// Whether `GET /v1/coupon_reservations/coupons/{integrationId}` is available.
    public var hasReservedCoupons = true
    /// Whether `%2F` in a path is accepted. If not, such a path is answered with 404, as some proxies do.
    public var acceptsEncodedSlash = true

    /// The attributes that may be written; `nil` allows all.
    public var definedAttributes: [String]?
    /// The rate limit; `nil` means none.
    public var throttle: Throttle?

    /// The default settings: the current API, and the older authentication scheme and version 1 as well.
    public init() {}

    /// The API revision of December 2019: version 1 only, two inventory sections, 204 for every deletion.
    public static var baseline: SandboxSettings {
        var settings = SandboxSettings()
        settings.dialects = [.v1]
        settings.availableInventorySections = [.profile, .referrals]
        settings.unknownProfileDelete = 204
        settings.unknownProfileInventory = .emptyObject
        return settings
    }

    /// The current API: version 2 only, every inventory section, no `getReservedCoupons`, no older scheme.
    public static var newest: SandboxSettings {
        var settings = SandboxSettings()
        settings.dialects = [.v2]
        settings.hasReservedCoupons = false
        settings.applicationKey = nil
        return settings
    }

    /// The version of an operation.
    public enum Dialect: String, Sendable, Codable, CaseIterable {
        /// `/v1/…`
        case v1
        /// `/v2/…`
        case v2
    }

    /// A section of the inventory, with its flag in the query.
    ///
    /// Not shared with the client, so that an error in the client's list cannot hide in the sandbox that tests it.
    public enum InventorySection: String, Sendable, Codable, CaseIterable {
        /// The profile.
        case profile
        /// Referrals.
        case referrals
        /// Coupons.
        case coupons
        /// Loyalty programmes.
        case loyalty
        /// Giveaways.
        case giveaways
        /// Achievements.
        case achievements
    }

    /// The signature that the older scheme requires for a request without a body.
    public enum EmptyBodySignature: String, Sendable, Codable {
        /// The signature of zero bytes.
        case required
        /// No signature.
        case notRequired
    }

    /// The answer to the inventory of a customer who does not exist.
    public enum UnknownInventory: String, Sendable, Codable {
        /// 404.
        case notFound
        /// 200 and `{}`.
        case emptyObject
        /// 200 and a profile without attributes.
        case emptyProfile
    }

    /// The state of a profile after a deletion.
    public enum AfterDelete: String, Sendable, Codable {
        /// The profile does not exist.
        case gone
        /// The profile exists, without attributes.
        case hollow
        /// The profile exists, without attributes, and keeps the total of its purchases.
        case totals
        /// The profile has its identifier and nothing else.
        case identifierOnly
    }

    /// The handling of a referral whose advocate does not exist.
    public enum UnknownAdvocate: String, Sendable, Codable {
        /// The request is refused with 400.
        case refused
        /// An empty profile is created, as sessions and events do.
        case created
    }

    /// A rate limit over a sliding window of one second.
    public struct Throttle: Sendable, Codable, Hashable {
        /// The maximum number of requests per second.
        public var requestsPerSecond: Int
        /// The form of `Retry-After` in a 429.
        public var retryAfter: RetryAfter

        /// Creates the limit.
        public init(requestsPerSecond: Int, retryAfter: RetryAfter = .seconds) {
            self.requestsPerSecond = requestsPerSecond
            self.retryAfter = retryAfter
        }

        /// A form of the header.
        public enum RetryAfter: String, Sendable, Codable {
            /// The number of seconds: `1`.
            case seconds
            /// An HTTP date, one second ahead.
            case date
            /// No header.
            case none
        }
    }
}

extension SandboxSettings {
    /// These settings, overridden by the members of a JSON object. Unknown members are ignored.
    func merging(_ changes: [String: JSON]) throws -> SandboxSettings {
        let current = try JSON.parse(JSON.bytes(of: self))
        guard case .object(var members) = current else { return self }
        for (key, value) in changes { members[key] = value }
        return try JSON.object(members).decode(SandboxSettings.self)
    }
}
