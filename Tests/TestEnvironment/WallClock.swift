import Foundation

/// The wall clock of child processes, which can be wrong and can be set while they run. Their monotonic clock stays right.
package struct WallClock: Sendable {
    private let path: String

    /// A clock that is off by some seconds.
    package init(for env: TestEnvironment, offBy seconds: Int) throws {
        path = env.folder + "/clock-\(UUID().uuidString)"
        try Self.bytes(of: seconds).write(to: URL(filePath: path))
    }

    /// A clock that shows the given time now.
    package init(for env: TestEnvironment, startingAt time: String) throws {
        let start = try Date(time, strategy: .iso8601)
        try self.init(for: env, offBy: Int(start.timeIntervalSinceNow.rounded()))
    }

    /// Sets the clock of every process that uses it, at once.
    package func set(offBy seconds: Int) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.write(contentsOf: Self.bytes(of: seconds))
        try file.close()
    }

    /// The environment variables that give a process this clock.
    package var environment: [String: String] {
        ["LD_PRELOAD": Self.library, "WALL_CLOCK_FILE": path]
    }

    private static let library = TestEnvironment.products + "/libWallClock.so"

    private static func bytes(of seconds: Int) -> Data {
        withUnsafeBytes(of: Int64(seconds)) { Data($0) }
    }
}
