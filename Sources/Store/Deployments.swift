import Postgres
public import SubjectRequests

/// The database's own id, and the deployment that its queue belongs to.
public struct PinnedDeployment: Sendable, Hashable {
    /// Six hexadecimal digits, random for each database. File names carry it.
    public let databaseID: String
    /// The environment and the API's host; `nil` until a run or `dsr migrate --environment` has set them.
    public let deployment: Deployment?

    /// Checks that the queue belongs to an environment, and to a host where one is given.
    ///
    /// - Throws: ``StoreError`` `.deployment`, which names both and says what to do.
    public func require(_ environment: Environment, at host: String?) throws {
        guard let deployment else { return }
        let given = Deployment(environment: environment, host: host ?? deployment.host)
        guard given != deployment else { return }
        throw StoreError(
            .deployment,
            "the queue belongs to \(deployment), and the configuration says \(given); correct the configuration, or move "
                + "the queue with 'dsr migrate --repin --ticket TICKET'"
        )
    }
}

extension Store {
    /// The database's id, and the deployment that the queue belongs to.
    public func deployment() async throws -> PinnedDeployment {
        try await row(DeploymentStatements.read) { row in try PinnedDeployment(row) }
    }

    /// Lets the queue belong to a deployment, where it belongs to none yet. Idempotent.
    ///
    /// - Throws: ``StoreError`` `.deployment` where it belongs to another one.
    @discardableResult
    public func pin(_ deployment: Deployment) async throws -> PinnedDeployment {
        try await query(DeploymentStatements.pin, [deployment.environment.rawValue, deployment.host])
        let pinned = try await self.deployment()
        try pinned.require(deployment.environment, at: deployment.host)
        return pinned
    }

    /// Moves the queue to another deployment, and logs that. Does nothing where it belongs to that one already.
    ///
    /// - Returns: The deployment that the queue belonged to before.
    /// - Throws: ``StoreError`` `.deployment` where a run is at work.
    @discardableResult
    public func repin(
        _ deployment: Deployment,
        ticket: String,
        by author: Author.Operator
    ) async throws -> Deployment? {
        let before = try await self.deployment().deployment
        guard before != deployment else { return before }
        let runAtWork = try await row(
            DeploymentStatements.repin,
            [
                deployment.environment.rawValue, deployment.host,
                "from \(before?.description ?? "no deployment") to \(deployment)", ticket, author.facts,
            ]
        ) { row in try row.decode("run", as: Int64?.self) }
        if let runAtWork {
            throw StoreError(
                .deployment,
                "run \(runAtWork) is at work on \(before?.description ?? "this queue"); stop it, or wait until it has "
                    + "ended, and repeat the command"
            )
        }
        return before
    }
}

extension PinnedDeployment {
    fileprivate init(_ row: PostgresRow) throws {
        databaseID = try row.decode("database_id")
        let environment = try row.decode("environment", as: String?.self).flatMap(Environment.init(rawValue:))
        let host = try row.decode("host", as: String?.self)
        deployment =
            if let environment, let host { Deployment(environment: environment, host: host) } else { nil }
    }
}

private enum DeploymentStatements {
    static let read = Statement(
        "read the deployment",
        "select database_id, environment, host from dsr.deployment"
    )

    static let pin = Statement("pin the deployment", "select dsr.pin($1, $2)")

    static let repin = Statement("move the queue", "select dsr.repin($1, $2, $3, $4, $5::json) as run")
}
