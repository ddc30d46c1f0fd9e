import Postgres

/// The advisory locks of dsr: two numbers each, the first of which is the same for all.
///
/// A transaction takes them before it locks any row.
enum AdvisoryLock: Int32 {
    /// One process at a time migrates the schema.
    case schema = 1
    /// One process at a time writes tiles and checkpoints.
    case evidenceTree = 2
    /// Keeps operations that close a gate apart from announcements. Announcements share the lock, and an operation that
    /// closes a gate has it alone, so after a gate is closed nothing is announced that it should have stopped.
    case gates = 3
    /// Keeps deliveries and erasures apart. Each drops the content of a document that the other has dealt with before,
    /// and neither would if both went by what they saw when they began.
    case forgetting = 4

    /// The first number, the ASCII codes of "dsr".
    private static let space: Int32 = 0x64_73_72

    private var key: String { "\(Self.space), \(rawValue)" }

    /// Takes the lock until the transaction ends.
    var take: Statement { Statement("lock \(self)", "select pg_advisory_xact_lock(\(key))") }
    /// Shares the lock until the transaction ends.
    var share: Statement { Statement("share \(self)", "select pg_advisory_xact_lock_shared(\(key))") }
    /// Takes the lock until the connection closes, or until it is released.
    var hold: Statement { Statement("hold \(self)", "select pg_advisory_lock(\(key))") }
    /// Releases the lock.
    var release: Statement { Statement("release \(self)", "select pg_advisory_unlock(\(key))") }
}
