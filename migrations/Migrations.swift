/// One step of the database schema: the file `NNNN_name.sql` of this folder, as it is embedded in the binary.
public struct Migration: Sendable, Hashable {
    /// The number in the file's name. Steps are applied in this order and never skipped.
    public let version: Int
    /// The rest of the file's name, without its ending.
    public let name: String
    /// The statements, for the simple query protocol.
    public let sql: String

    /// All steps, in their order.
    public static let all = [
        Migration(version: 1, name: "queue", file: PackageResources._001_queue_sql),
        Migration(version: 2, name: "gates", file: PackageResources._002_gates_sql),
        Migration(version: 3, name: "evidence", file: PackageResources._003_evidence_sql),
        Migration(version: 4, name: "rechecks", file: PackageResources._004_rechecks_sql),
        Migration(version: 5, name: "policy", file: PackageResources._005_policy_sql),
        Migration(version: 6, name: "runs", file: PackageResources._006_runs_sql),
        Migration(version: 7, name: "decisions", file: PackageResources._007_decisions_sql),
        Migration(version: 8, name: "audit", file: PackageResources._008_audit_sql),
        Migration(version: 9, name: "protection", file: PackageResources._009_protection_sql),
    ]

    private init(version: Int, name: String, file: [UInt8]) {
        self.version = version
        self.name = name
        self.sql = String(decoding: file, as: UTF8.self)
    }
}
