/// How the sandbox answers where no source says what Talon.One does, and who may talk to it.
///
/// The control interface takes any of the keys and leaves the others as they are.
public struct SandboxSettings: Sendable, Codable, Hashable {
    /// The keys that `Authorization: ApiKey-v1 …` may carry.
    public var apiKeys: [String] = ["sandbox"]
    /// The Application that `Content-Signature` names, and that sessions and events belong to.
    public var applicationId: Int64 = 1
    /// The Application key, 16 hexadecimal digits; `nil` switches the older scheme off.
    public var applicationKey: String? = "fefecafedeadbeef"
    /// Whether a request needs credentials at all.
    public var requireAuthentication = true
    /// What the environment is called; `sandbox` marks profiles as belonging to one.
    public var environment = "sandbox"
    /// What the older scheme expects with a request that has no body.
    public var hmacForEmptyBody = EmptyBodySignature.required
    /// The status for a request without credentials: 401, 400 or 403.
    public var missingCredentialStatus = 401

    /// The status for the deletion of a customer who does not exist: 204 or 404.
    public var unknownProfileDelete = 404
    /// What the inventory of a customer who does not exist is.
    public var unknownProfileInventory = UnknownInventory.notFound
    /// What a deletion leaves of a profile.
    public var afterDelete = AfterDelete.gone
    /// What a referral by an advocate who does not exist does.
    public var unknownAdvocate = UnknownAdvocate.refused

    /// The generations of the profile, session and event calls that exist here.
    public var dialects: Set<Dialect> = [.v1, .v2]
    /// The flags of the inventory that exist here; a flag that does not is ignored.
    public var availableInventorySections: Set<InventorySection> = Set(InventorySection.allCases)
    /// Whether `GET /v1/coupon_reservations/coupons/{integrationId}` exists here.
    public var hasReservedCoupons = true
    /// Whether the edge lets `%2F` through; if not, such a path is 404 before anybody decodes it.
    public var acceptsEncodedSlash = true

    /// The attributes that may be written; `nil` allows any.
    public var definedAttributes: [String]?
    /// The most requests a second; `nil` is without limit.
    public var throttle: Throttle?

    /// The defaults: today's API, with the older scheme as well.
    public init() {}

    /// What the December 2019 revision offers: version 1 only, two inventory sections, 204 for every deletion.
    public static var baseline: SandboxSettings {
        var settings = SandboxSettings()
        settings.dialects = [.v1]
        settings.availableInventorySections = [.profile, .referrals]
        settings.unknownProfileDelete = 204
        settings.unknownProfileInventory = .emptyObject
        return settings
    }

    /// What today's API offers: version 2 only, every inventory section, no `getReservedCoupons`, no older scheme.
    public static var newest: SandboxSettings {
        var settings = SandboxSettings()
        settings.dialects = [.v2]
        settings.hasReservedCoupons = false
        settings.applicationKey = nil
        return settings
    }

    /// Which generation of a call.
    public enum Dialect: String, Sendable, Codable, CaseIterable {
        /// `/v1/…`
        case v1
        /// `/v2/…`
        case v2
    }

    /// A flag of the inventory call.
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

    /// What the older scheme expects with a request that has no body.
    public enum EmptyBodySignature: String, Sendable, Codable {
        /// The signature of zero bytes.
        case required
        /// Nothing.
        case notRequired
    }

    /// What the inventory of a customer who does not exist is.
    public enum UnknownInventory: String, Sendable, Codable {
        /// 404.
        case notFound
        /// 200 and `{}`.
        case emptyObject
        /// 200 and a profile without attributes.
        case emptyProfile
    }

    /// What a deletion leaves of a profile.
    public enum AfterDelete: String, Sendable, Codable {
        /// Nothing.
        case gone
        /// The row with its id and no attributes.
        case hollow
    }

    /// What a referral by an advocate who does not exist does.
    public enum UnknownAdvocate: String, Sendable, Codable {
        /// It is refused with 400.
        case refused
        /// It creates an empty profile, as sessions and events do.
        case created
    }

    /// A rate limit over a sliding second.
    public struct Throttle: Sendable, Codable, Hashable {
        /// How many requests a second are served.
        public var requestsPerSecond: Int
        /// What `Retry-After` says with the 429.
        public var retryAfter: RetryAfter

        /// Makes the limit.
        public init(requestsPerSecond: Int, retryAfter: RetryAfter = .seconds) {
            self.requestsPerSecond = requestsPerSecond
            self.retryAfter = retryAfter
        }

        /// The forms of the header.
        public enum RetryAfter: String, Sendable, Codable {
            /// `1`
            case seconds
            /// An HTTP date one second ahead.
            case date
            /// No header.
            case none
        }
    }
}

extension SandboxSettings {
    /// These settings with the keys of a JSON object written over them; unknown keys are ignored.
    func merging(_ changes: [String: JSON]) throws -> SandboxSettings {
        let current = try JSON.parse(JSON.bytes(of: self))
        guard case .object(var members) = current else { return self }
        for (key, value) in changes { members[key] = value }
        return try JSON.object(members).decode(SandboxSettings.self)
    }
}
