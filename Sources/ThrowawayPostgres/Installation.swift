import Foundation

/// The PostgreSQL server programs on this machine.
struct Installation {
    /// The folder of the programs.
    let folder: String

    private static let programs = ["initdb", "postgres", "pg_ctl", "createdb"]

    /// Finds the newest version in Debian's versioned folders, otherwise the programs in `PATH`.
    ///
    /// - Throws: `.notInstalled`.
    static func find(
        below root: String = "/usr/lib/postgresql",
        path: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
    ) throws(ThrowawayPostgresError) -> Installation {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let versions = names.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
        let folders = versions.map { "\(root)/\($0)/bin" } + path.split(separator: ":").map(String.init)
        guard let folder = folders.first(where: isComplete) else {
            throw ThrowawayPostgresError(
                .notInstalled,
                "the PostgreSQL server is not installed on this machine: apt-get install postgresql"
            )
        }
        return Installation(folder: folder)
    }

    private static func isComplete(_ folder: String) -> Bool {
        programs.allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
}
