public import CallPolicy
public import Foundation
public import Reports
public import Store
public import SubjectRequests
public import TalonOne

/// How a run works: what it asks of the API, how much at once, and what it says about itself.
public struct ProcessorSettings: Sendable {
    /// Which of Talon.One's two sets of data the key belongs to. Every leaf and every document names it.
    public var environment: RequestFacts.Environment
    /// The sections of the inventory to ask for.
    public var sections: Set<InventorySection>
    /// Requests worked at once, and so calls in flight at most.
    public var concurrency: Int
    /// When to ask again.
    public var retry: RetryPolicy
    /// Calls a second, at most; `nil` for no such limit.
    public var callsPerSecond: Double?
    /// How long the API, and the database, may be away before the run gives up.
    public var apiPatience = Duration.seconds(300), databasePatience = Duration.seconds(300)
    /// Requests to begin, at most; `nil` for all.
    public var limit: Int?
    /// How long calls in flight may go on once the run winds down.
    public var grace = Duration.seconds(60)
    /// How long other runs wait before they take over what a silent run held.
    public var lease: Duration
    /// How deadlines are counted, and what is asked of requests before they are worked.
    public var admission: Admission
    /// When erasures are held back, because there are more of them than there should be.
    public var brake = ErasureBrake.Limits()
    /// The ticket with which erasures are let through all the same.
    public var brakeTicket: String?
    /// Whether the evidence of a rectification has the names of the attributes.
    public var namesAttributes = false
    /// When to look again at whom we erased; `nil` for never.
    public var recheck: Recheck?
    /// The controller's own words for letters.
    public var facts: ControllerFacts
    /// How long the controller keeps the evidence of a procedure, in words, for the confirmation of an erasure.
    public var evidenceRetention: String?
    /// The key of the digests that find a person's requests again; `nil` keeps none.
    public var subjectKey: SubjectKey?
    /// How heads of the evidence log are signed.
    public var signing = EvidenceSigning.unconfigured
    /// Results after which a head is signed while the run goes on.
    public var resultsPerHead = 10_000
    /// Where documents are written; `nil` leaves them in the database for a run that has a directory.
    public var reportsDirectory: String?
    /// This software's version, the host, and who or what started it.
    public var version: String, host: String, actor: String

    /// Settings with the defaults of everything that has one.
    public init(
        environment: RequestFacts.Environment,
        sections: Set<InventorySection> = Set(InventorySection.allCases),
        concurrency: Int = 16,
        retry: RetryPolicy = RetryPolicy(),
        lease: Duration = .seconds(60),
        admission: Admission = Admission(deadlines: DeadlineRules(zone: .gmt)),
        facts: ControllerFacts = ControllerFacts(),
        evidenceRetention: String? = nil,
        reportsDirectory: String? = nil,
        version: String,
        host: String,
        actor: String
    ) {
        self.environment = environment
        self.sections = sections
        self.concurrency = concurrency
        self.retry = retry
        self.lease = lease
        self.admission = admission
        self.facts = facts
        self.evidenceRetention = evidenceRetention
        self.reportsDirectory = reportsDirectory
        self.version = version
        self.host = host
        self.actor = actor
    }
}
