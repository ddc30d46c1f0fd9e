public import Foundation
public import Reports
public import Store
import SubjectRequests

extension RunReport {
    /// The report of an ended run. What the run did is as it was recorded; the rest is as the database is now: what needs
    /// action, what is at risk, how its requests ended, the decisions, the evidence log, and the runs before it.
    ///
    /// - Parameters:
    ///   - json: The report that it stored.
    ///   - end: When it ended, by the clock of the database.
    ///   - days: A routine wait needs action when its request is older than this.
    ///   - textsProblem: The texts of the controller that the configuration lacks, in one sentence.
    /// - Throws: ``StoreError``; `ReportsError` for a report that this version cannot read.
    public init(
        stored json: Data,
        endedAt end: Date,
        store: Store,
        attentionDays days: Int,
        textsProblem: String?
    ) async throws {
        try self.init(json: json)
        let failures = needsAction.filter { $0.kind == .evidence }
        let state = try await CurrentState.read(from: store, attentionDays: days, textsProblem: textsProblem)
        apply(state, asOf: Date())
        apply(try await RunHistory.read(of: runID, until: end, from: store))
        counts.reportsUndelivered = try await store.undeliveredCount()
        if counts.reportsUndelivered > 0 { add(undelivered: "") }
        // Why the log was not signed is known to the run only, and is over once all of it is signed and filed.
        if evidence.unsignedEntries > 0 || !evidence.isFiled { needsAction += failures }
        endTrendWithItself()
    }
}
