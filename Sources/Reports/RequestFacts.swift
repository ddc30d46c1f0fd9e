public import Foundation

/// What every answer says about the request that it answers.
public struct RequestFacts: Sendable, Hashable {
    /// The right that an answer with data serves.
    public enum Right: String, Sendable, CaseIterable {
        /// Art. 15 GDPR.
        case access
        /// Art. 20 GDPR.
        case portability
    }

    /// Which of Talon.One's two sets of data was asked.
    public enum Environment: String, Sendable, CaseIterable {
        /// The data of real customers.
        case live
        /// The data of tests.
        case sandbox
    }

    /// The request's number: the only name that it has in file names.
    public var requestID: Int64
    /// The right that was asked for.
    public var right: Right
    /// The customer's identifier at Talon.One. Personal data: it appears inside answers to the person only.
    public var integrationID: String
    /// Where the data was read.
    public var environment: Environment
    /// When the answer was produced.
    public var producedAt: Date
    /// The run that produced it, if one did.
    public var runID: Int64?
    /// The controller's own reference, if there is one.
    public var ticket: String?
    /// The version of the software that produced it.
    public var softwareVersion: String

    /// Collects the facts; nothing is checked.
    public init(
        requestID: Int64,
        right: Right,
        integrationID: String,
        environment: Environment,
        producedAt: Date,
        runID: Int64? = nil,
        ticket: String? = nil,
        softwareVersion: String
    ) {
        self.requestID = requestID
        self.right = right
        self.integrationID = integrationID
        self.environment = environment
        self.producedAt = producedAt
        self.runID = runID
        self.ticket = ticket
        self.softwareVersion = softwareVersion
    }

    var exportFileName: String { "request-\(requestID)-export.json" }
    var letterFileName: String { "request-\(requestID)-letter.html" }
}

/// What the API answered when it was asked for a person's data: bytes as they came.
public struct InventoryAnswer: Sendable, Hashable {
    /// The sections of the inventory that were asked for, in the order of the question.
    public var sectionsAsked: [String]
    /// The inventory's JSON, or nil when the API says that there is no such customer.
    public var inventory: Data?
    /// The answer of the reserved-coupons operation, on deployments that have it and no `coupons` section.
    public var reservedCoupons: Data?

    /// Collects the answers; nothing is checked before a document is made of them.
    public init(sectionsAsked: [String], inventory: Data?, reservedCoupons: Data? = nil) {
        self.sectionsAsked = sectionsAsked
        self.inventory = inventory
        self.reservedCoupons = reservedCoupons
    }
}
