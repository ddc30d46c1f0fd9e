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
        try await transaction { connection in
            guard let row = try connection.query(DeploymentStatements.lock).first else { return nil }
            let before = try PinnedDeployment(row).deployment
            guard before != deployment else { return before }
            if let run = try connection.query(DeploymentStatements.runAtWork).first {
                throw StoreError(
                    .deployment,
                    "run \(try run.decode("id", as: Int64.self)) is at work on \(before?.description ?? "this queue"); stop "
                        + "it, or wait until it has ended, and repeat the command"
                )
            }
            try connection.query(
                DeploymentStatements.repin,
                deployment.environment.rawValue,
                deployment.host
            )
            try connection.query(
                DeploymentStatements.log,
                parameters: Author.operator(author).parameters
                    + ["from \(before?.description ?? "no deployment") to \(deployment)", ticket]
            )
            return before
        }
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

    static let pin = Statement(
        "pin the deployment",
        """
        update dsr.deployment set environment = $1, host = $2, pinned_at = clock_timestamp()
        where environment is null
        """
    )

    static let lock = Statement(
        "lock the deployment",
        "select database_id, environment, host from dsr.deployment for update"
    )

    static let runAtWork = Statement(
        "look for a run at work",
        """
        select id from dsr.runs where ended_at is null and lease_until > clock_timestamp() order by id limit 1
        """
    )

    static let repin = Statement(
        "move the queue",
        """
        update dsr.deployment set
            environment = $1, host = $2, pinned_at = clock_timestamp(), customer_known_at = null
        """
    )

    static let log = Statement(
        "log that the queue moved",
        """
        select dsr.append_evidence(
            json_build_array(dsr.leaf('repinned', jsonb_build_object('reason', $3::text, 'ticket', $4::text))),
            $1::bigint, $2::json)
        """
    )
}
