import Store
import SubjectRequests

/// A run in progress: what all of its parts share.
struct RunContext: Sendable {
    /// The run's number.
    let run: Int64
    /// The database's own id, which file names carry.
    let databaseID: String
    /// The deployment that the queue must belong to.
    let deployment: Deployment
    /// The requests that it processes.
    let scope: Scope
    let settings: ProcessorSettings
    let store: ReconnectingStore
    let lease: LeaseKeeper
    let shutdown: Shutdown
    /// Told that the API is waited for at the start, and why.
    var waits: @Sendable (String) -> Void = { _ in }
}
