public import CallPolicy
public import Foundation
public import Reports
public import Store
public import SubjectRequests
public import TalonOne

/// The settings of a run.
public struct ProcessorSettings: Sendable {
    /// The environment that the credentials belong to. Every entry of the evidence log and every document names it.
    public var environment: Environment
    /// The sections of the inventory to ask for.
    public var sections: Set<InventorySection>
    /// The sections that an answer may lack although they were asked for.
    public var optionalSections: Set<InventorySection> = []
    /// A customer who must be known before a run claims anything; `nil` for none.
    public var canary: SubjectID?
    /// Whether the deletion of an erasure is sent although Talon.One does not know the customer.
    public var deletesUnknownCustomers = true
    /// The number of requests processed at once, and so of API requests in flight.
    public var concurrency: Int
    /// When a failed API request is sent again.
    public var retry: RetryPolicy
    /// The maximum number of API requests per second; `nil` for no limit.
    public var callsPerSecond: Double?
    /// How long the API, and the database, may be unavailable before the run ends.
    public var apiPatience = Duration.seconds(300), databasePatience = Duration.seconds(300)
    /// Whether the run waits that long before it begins, too. An operator who waits for one request wants to know at once.
    public var waitsAtStart = true
    /// The maximum number of requests to begin; `nil` for all.
    public var limit: Int?
    /// How long requests in work may take once the run shuts down.
    public var grace = Duration.seconds(60)
    /// The duration of the run's lease, after which other runs take over what it held.
    public var lease: Duration
    /// How deadlines are counted, and the gates that requests must pass.
    public var admission: Admission
    /// When erasures are held back because there are unusually many.
    public var brake = ErasureBrake.Limits()
    /// The ticket that allows an unusually large number of erasures.
    public var brakeTicket: String?
    /// When answers about unknown customers are held back because there are unusually many; `nil` for never.
    public var unknownBrake: UnknownBrake.Limits? = UnknownBrake.Limits()
    /// The ticket that allows an unusually large number of unknown customers.
    public var unknownTicket: String?
    /// The days for which the identifier of an unknown customer is kept, so that it can be looked up again.
    public var noDataKeepDays = 30
    /// The age in days after which a routine wait for an operator needs action.
    public var attentionDays = ProcessorSettings.defaultAttentionDays
    /// The days where none are configured.
    public static let defaultAttentionDays = 7
    /// Whether the evidence log has the names of rectified attributes.
    public var namesAttributes = false
    /// When erased customers are rechecked; `nil` for never.
    public var recheck: Recheck?
    /// The controller's own texts for letters.
    public var facts: ControllerFacts
    /// The key of the digests by which a customer's requests are found after their identifier was deleted; `nil` keeps none.
    public var subjectKey: SubjectKey?
    /// Earlier keys, with which digests were made that are still compared.
    public var earlierSubjectKeys: [SubjectKey] = []
    /// How checkpoints of the evidence log are signed.
    public var signing = EvidenceSigning.unconfigured
    /// The number of closed requests after which a checkpoint is signed during the run.
    public var resultsPerCheckpoint = 10_000
    /// The directory for documents; `nil` leaves them in the database for a run that has one.
    public var reportsDirectory: String?
    /// Whether answers to access and portability requests come with a copy of all that the API answered, for the
    /// controller only.
    public var controllerCopy = false
    /// The days for which a document stays in the database after its delivery.
    public var documentKeepDays = 30
    /// dsr's version, the host's name, and the user or service that started the run.
    public var version: String, host: String, actor: String

    /// Settings with the defaults of everything that has one.
    public init(
        environment: Environment,
        sections: Set<InventorySection> = Set(InventorySection.allCases),
        concurrency: Int = 16,
        retry: RetryPolicy = RetryPolicy(),
        lease: Duration = .seconds(60),
        admission: Admission = Admission(deadlines: DeadlineRules(zone: .gmt)),
        facts: ControllerFacts = ControllerFacts(),
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
        self.reportsDirectory = reportsDirectory
        self.version = version
        self.host = host
        self.actor = actor
    }

    /// These settings, with the controller's policy, which can only make them stricter.
    public func tightened(by policy: Policy) -> ProcessorSettings {
        var settings = self
        settings.admission = Admission(
            deadlines: admission.deadlines,
            gates: admission.gates.tightened(by: policy.gates)
        )
        settings.brake = policy.tightening(brake)
        settings.unknownBrake = policy.tightening(unknownBrake)
        return settings
    }

    /// The present subject key, if there is one, and the earlier ones.
    public var subjectKeys: [SubjectKey] { (subjectKey.map { [$0] } ?? []) + earlierSubjectKeys }

    /// The operator who uses a command with these settings, as the evidence log names them.
    public var `operator`: Author.Operator {
        Author.Operator(name: actor, environment: environment, version: version)
    }
}
