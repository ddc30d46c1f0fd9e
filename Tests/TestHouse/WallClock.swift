import Foundation

/// The wall clock of child processes, which may be wrong, and be set while they run. Their monotonic clock stays as it is.
package struct WallClock: Sendable {
    private let path: String

    /// A clock that is off by so much.
    package init(for house: House, offBy seconds: Int) throws {
        path = house.folder + "/clock-\(UUID().uuidString)"
        try Self.bytes(of: seconds).write(to: URL(filePath: path))
    }

    /// A clock that shows a certain time now, and goes on from there.
    package init(for house: House, startingAt time: String) throws {
        let start = try Date(time, strategy: .iso8601)
        try self.init(for: house, offBy: Int(start.timeIntervalSinceNow.rounded()))
    }

    /// Sets it, at once for every process that has it.
    package func set(offBy seconds: Int) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.write(contentsOf: Self.bytes(of: seconds))
        try file.close()
    }

    /// What a process is started with to have this clock.
    package var environment: [String: String] {
        ["LD_PRELOAD": Self.library, "WALL_CLOCK_FILE": path]
    }

    /// Beside the test bundle.
    private static let library = (House.binary as NSString).deletingLastPathComponent + "/libWallClock.so"

    private static func bytes(of seconds: Int) -> Data {
        withUnsafeBytes(of: Int64(seconds)) { Data($0) }
    }
}
