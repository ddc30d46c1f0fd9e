public import Foundation
import Postgres
public import SubjectRequests

/// A signed checkpoint of the evidence log, as it is stored.
public struct StoredCheckpoint: Sendable {
    /// The number of leaves under it.
    public let size: Int64
    /// The signed note, exactly as signed.
    public let note: String
    /// Whether it was written to a file outside the database.
    public let isFiled: Bool
    /// The entry by which an operator accepted that its file is lost; `nil` where none did.
    public let lostBy: Int64?

    /// A size and its note, not filed yet.
    public init(size: Int64, note: String) {
        self.init(size: size, note: note, isFiled: false, lostBy: nil)
    }

    init(size: Int64, note: String, isFiled: Bool, lostBy: Int64?) {
        self.size = size
        self.note = note
        self.isFiled = isFiled
        self.lostBy = lostBy
    }
}

/// An entry about the log itself.
public struct LogNote: Sendable {
    /// Its place in the log.
    public let index: Int64
    /// The exact bytes; `nil` where they were pruned.
    public let payload: Data?
}

extension Store {
    /// Stores a signed checkpoint.
    public func addCheckpoint(_ checkpoint: StoredCheckpoint) async throws {
        try await query(CheckpointStatements.add, [checkpoint.size, checkpoint.note])
    }

    /// The last signed checkpoint; `nil` where nothing was signed yet.
    public func lastCheckpoint() async throws -> StoredCheckpoint? {
        try await rows(CheckpointStatements.last, [], Self.checkpoint).first
    }

    /// Signed checkpoints after a size, smallest first.
    public func checkpoints(after size: Int64, limit: Int) async throws -> [StoredCheckpoint] {
        try await rows(CheckpointStatements.after, [size, limit], Self.checkpoint)
    }

    /// The checkpoint of a size; `nil` where none was signed.
    public func checkpoint(ofSize size: Int64) async throws -> StoredCheckpoint? {
        try await rows(CheckpointStatements.ofSize, [size], Self.checkpoint).first
    }

    // MARK: - Filing

    /// Remembers that a checkpoint was written to a file. Idempotent.
    public func markFiled(_ size: Int64) async throws {
        try await query(CheckpointStatements.markFiled, [size])
    }

    /// The size of the last checkpoint that was filed and is not accepted as lost; `nil` where none was.
    public func lastFiledSize() async throws -> Int64? {
        try await rows(CheckpointStatements.lastFiled, []) { row in
            try row.decode("size", as: Int64.self)
        }.first
    }

    /// The sizes of the filed checkpoints, by whether an operator accepted that the file is lost.
    public func filedSizes(lost: Bool) async throws -> [Int64] {
        try await rows(CheckpointStatements.filed, [lost]) { row in try row.decode("size") }
    }

    /// Removes the checkpoints from a size on that were never filed, and corrects tiles. For the owner of the schema.
    ///
    /// - Returns: The number of checkpoints that were removed.
    public func removeUnsigned(from size: Int64, ticket: String, by author: Author.Operator) async throws -> Int {
        try await row(CheckpointStatements.removeUnsigned, [size, ticket, author.facts]) { row in
            try row.decode("removed")
        }
    }

    // MARK: - Entries about the log

    /// Appends the entries of an adopted break, and marks the checkpoints whose files are lost.
    ///
    /// - Parameters:
    ///   - breaks: The JSON objects that the entries hold as `log`, one for each entry.
    ///   - lost: The sizes of the checkpoints whose files are lost.
    /// - Returns: The index of the first of the entries.
    public func adopt(
        _ breaks: [String],
        lost: [Int64],
        ticket: String,
        actor: String,
        version: String
    ) async throws -> Int64 {
        try await row(CheckpointStatements.adopt, [breaks, ticket, lost, actor, version]) { row in
            try row.decode("first_index")
        }
    }

    /// Appends the entry that the log's key was replaced.
    ///
    /// - Parameters:
    ///   - keys: The JSON object that the entry holds as `log`.
    ///   - isLost: Whether the old key is lost, so that it cannot sign.
    public func replaceKey(
        _ keys: String,
        isLost: Bool,
        ticket: String?,
        actor: String,
        version: String
    ) async throws {
        try await query(
            CheckpointStatements.replaceKey,
            [keys, isLost ? "lost" : "replaced", ticket, actor, version]
        )
    }

    /// The entries that the log's key was replaced, oldest first.
    public func keyReplacements() async throws -> [LogNote] {
        try await rows(CheckpointStatements.replacements, []) { row in
            LogNote(index: try row.decode("index"), payload: try row.decode("payload"))
        }
    }

    private static func checkpoint(_ row: PostgresRow) throws -> StoredCheckpoint {
        StoredCheckpoint(
            size: try row.decode("size"),
            note: try row.decode("note"),
            isFiled: try row.decode("is_filed"),
            lostBy: try row.decode("lost_by")
        )
    }
}

private enum CheckpointStatements {
    private static let columns = "size, note, filed_at is not null as is_filed, lost_by"

    static let add = Statement(
        "store a checkpoint",
        "select dsr.add_checkpoint($1, $2)"
    )

    static let last = Statement(
        "read the last checkpoint",
        "select \(columns) from dsr.evidence_checkpoints order by size desc limit 1"
    )

    static let after = Statement(
        "read checkpoints",
        "select \(columns) from dsr.evidence_checkpoints where size > $1 order by size limit $2"
    )

    static let ofSize = Statement(
        "read a checkpoint",
        "select \(columns) from dsr.evidence_checkpoints where size = $1"
    )

    static let markFiled = Statement(
        "mark a checkpoint as filed",
        "select dsr.mark_filed($1)"
    )

    static let lastFiled = Statement(
        "read the last filed checkpoint",
        """
        select size from dsr.evidence_checkpoints
        where filed_at is not null and lost_by is null
        order by size desc
        limit 1
        """
    )

    static let filed = Statement(
        "read the filed checkpoints",
        """
        select size from dsr.evidence_checkpoints
        where filed_at is not null and (lost_by is not null) = $1
        order by size
        """
    )

    static let removeUnsigned = Statement(
        "remove unsigned checkpoints",
        "select dsr.remove_unsigned($1, $2, $3::json) as removed"
    )

    static let adopt = Statement(
        "adopt a break",
        "select dsr.adopt($1::text[], $2, $3::bigint[], json_build_object('actor', $4::text, 'version', $5::text)) as first_index"
    )

    static let replaceKey = Statement(
        "replace the log's key",
        "select dsr.replace_key($1, $2, $3::text, json_build_object('actor', $4::text, 'version', $5::text))"
    )

    static let replacements = Statement(
        "read the log's replaced keys",
        """
        select l.index, p.payload
        from dsr.evidence_leaves l left join dsr.evidence_payloads p on p.index = l.index
        where l.event = 'key_replaced'
        order by l.index
        """
    )
}
