import CallPolicy
import Store
import SubjectRequests

/// The dispatcher's vocabulary: its plan, the conditions it is told, the events it takes and the actions it returns.
extension Dispatcher {
    /// What does not change during a run.
    struct Plan {
        /// The requests that the run processes.
        var scope = Scope.all
        /// Requests that are processed at once.
        var concurrency = 16
        /// The number of requests to begin; `nil` for no limit.
        var limit: Int?
        /// The duration of the run's lease, after which other runs take over.
        var lease = Duration.seconds(60)
        /// What holds erasures back where there are unusually many; `nil` where nothing does.
        var brake: ErasureBrake?
        /// The ticket that allows an unusually large number of erasures.
        var brakeTicket: String?
        /// What holds answers back where unusually many customers are unknown; `nil` where nothing does.
        var unknownBrake: UnknownBrake?
        /// The ticket that allows these answers.
        var unknownTicket: String?
    }

    /// What the loop observes outside the machine each time it reports an event.
    struct Conditions {
        /// The present instant.
        var now: ContinuousClock.Instant
        /// Why the run shuts down; `nil` while it does not.
        var shutdown: RunEnd?
        /// Why the API is given up; `nil` while it is not.
        var apiOutage: RunEnd?
        /// Whether no API request gets through at the moment.
        var isAPIInterrupted = false
        /// Whether no other run can have taken over.
        var isLeaseValid = true
    }

    /// What happened.
    enum Event {
        /// The run begins.
        case started
        /// Dead runs were looked for.
        case rescued(Rescue)
        /// New rows were admitted.
        case admitted(QueueAdmission.Counts)
        /// Erasures that could be carried out now were counted.
        case countedErasures(Int)
        /// The brake's entry was written.
        case notedBrake
        /// Waiting requests were checked, and some went back to the queue.
        case openedGates(Int)
        /// The API was tried; why the run cannot go on, where it cannot, and whether it knows the canary customer.
        case tried(RunEnd?, knowsCanary: Bool = false)
        /// Requests were claimed.
        case claimed(ClaimedGroup)
        /// A request was begun.
        case began
        /// A request was resolved; whether its result was accepted, and how the API refused the credentials.
        case resolved(Resolution, accepted: Bool, credentialsRefused: String? = nil)
        /// A request was processed, and its customer is unknown. Nothing is recorded yet.
        case foundUnknown(Resolution)
        /// That answers about unknown customers are held back, or allowed, was written down.
        case notedUnknown
        /// Resolutions were recorded: of requests that were not begun, or whose customer is unknown.
        case recorded([(Resolution, accepted: Bool)])
        /// Other runs that hold requests were looked for.
        case foundOtherRuns([RunAtWork])
        /// Something may have changed: a timer fired, or the run shuts down.
        case woke
        /// The grace period after a shutdown is over.
        case graceEnded
        /// Requests in work were cancelled.
        case cancelledWork
        /// The shutdown has begun.
        case shuttingDown
    }

    /// What to do next.
    enum Action {
        /// Return to the queue what dead runs held.
        case rescue
        /// Admit new rows.
        case admit
        /// Count the erasures that could be carried out now.
        case countErasures
        /// Write down that erasures are held back, or that a ticket allows them.
        case noteBrake(due: Int)
        /// Check the gates of waiting requests. What those brakes hold back stays held back.
        case openGates(isBraked: Bool, keeping: [Gate])
        /// Write down that answers about unknown customers are held back, or that a ticket allows them.
        case noteUnknown(count: Int)
        /// Try the API before the first claim, and wait for it where it is unavailable.
        case tryAPI
        /// Claim requests; those in `known` are held already.
        case claim(ClaimQuery, known: Set<Int64>)
        /// Begin a request. The answer that its customer is unknown is reported, and not recorded, where the brake must see
        /// it first.
        case begin(SubjectRequest, reportsUnknown: Bool)
        /// Record resolutions.
        case record([Resolution])
        /// Look for other runs that hold requests.
        case findOtherRuns
        /// Wait for an event; with an instant, no longer than until then.
        case wait(until: ContinuousClock.Instant?)
        /// Shut down: begin nothing more.
        case shutDown(RunEnd)
        /// Cancel the requests in work.
        case cancelWork
        /// End the run.
        case end
    }
}
