import Postgres
import SubjectRequests

extension Store {
    /// Deletes what is kept about customers outside the evidence log, where the time has come that was told to them: the
    /// answer was that Talon.One does not know them. After an erasure the customer's earlier requests are included.
    ///
    /// - Returns: The number of requests whose identifier was deleted.
    @discardableResult
    public func forgetUnknownCustomers(run: Int64) async throws -> Int {
        var forgotten = 0
        while true {
            let count = try await row(Self.forget, [run, Self.forgettingGroup]) { row in
                try row.decode("forgotten", as: Int.self)
            }
            forgotten += count
            guard count >= Self.forgettingGroup else { return forgotten }
        }
    }

    private static let forgettingGroup = 500

    private static let forget = Statement(
        "delete identifiers of unknown customers",
        "select dsr.forget_unknown($1, $2::int) as forgotten"
    )
}
