import AtomicFiles
import Foundation
import Glibc
import Testing

@Suite("An open directory")
struct OpenDirectoryTests {
    private static func inFolder(_ body: (String, OpenDirectory) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/open-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder, try OpenDirectory(path: folder + "/d"))
    }

    @Test("no name leads out of it", arguments: ["", ".", "..", "../x", "/tmp/x", "a/b", "a/", "x\0y", "..\0"])
    func names(name: String) throws {
        try Self.inFolder { folder, directory in
            for replacing in [true, false] {
                #expect(throws: AtomicFile.Failure.self) {
                    try directory.write(Data("x".utf8), as: name, replacing: replacing)
                }
            }
            #expect(directory.read(name) == nil)
            let above = try FileManager.default.contentsOfDirectory(atPath: folder)
            let inside = try FileManager.default.contentsOfDirectory(atPath: folder + "/d")
            #expect(above == ["d"] && inside.isEmpty)
        }
    }

    @Test("what is there under the name is neither followed nor replaced nor waited for")
    func occupied() throws {
        try Self.inFolder { folder, directory in
            let outside = folder + "/outside"
            try Data("secret".utf8).write(to: URL(filePath: outside))
            symlink(outside, folder + "/d/link")
            symlink(folder + "/nowhere", folder + "/d/dangling")
            mkdir(folder + "/d/directory", 0o700)
            mkfifo(folder + "/d/pipe", 0o600)
            for name in ["link", "dangling", "directory", "pipe"] {
                let error = try #require(throws: AtomicFile.Failure.self) {
                    try directory.write(Data("x".utf8), as: name, replacing: false)
                }
                #expect(error.alreadyExists, "\(name)")
                #expect(directory.read(name) == nil && directory.contains(name), "\(name)")
            }
            #expect(FileManager.default.contents(atPath: outside) == Data("secret".utf8))
            #expect(!FileManager.default.fileExists(atPath: folder + "/nowhere"))
        }
    }

    @Test("a directory that takes its place in the path gets nothing")
    func moved() throws {
        try Self.inFolder { folder, directory in
            rename(folder + "/d", folder + "/moved")
            mkdir(folder + "/d", 0o700)
            try directory.write(Data("x".utf8), as: "file", replacing: false)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/d").isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/moved") == ["file"])
        }
    }

    @Test("files of killed writers are removed, and nothing else is: not one that is being written, nor another's file")
    func unfinished() throws {
        try Self.inFolder { folder, directory in
            let killed = ".dsr-\(UUID().uuidString).part", living = ".dsr-\(UUID().uuidString).part"
            let others = [".dsr-x.part", "request.part", ".dsr-\(UUID().uuidString).partial", ".dsr-database", "file"]
            for name in [killed, living] + others {
                try Data("data".utf8).write(to: URL(filePath: "\(folder)/d/\(name)"))
            }
            let link = ".dsr-\(UUID().uuidString).part"
            symlink(folder + "/d/file", "\(folder)/d/\(link)")
            let writer = open("\(folder)/d/\(living)", O_RDWR)
            flock(writer, LOCK_EX)
            #expect(directory.removeUnfinished() == 1)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/d").sorted()
            #expect(left == (others + [living, link]).sorted())
            close(writer)
            #expect(directory.removeUnfinished() == 1)
        }
    }

    @Test("writers and one who clears up do not disturb each other")
    func together() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/open-\(UUID().uuidString)"
        mkdir(folder, 0o700)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let directory = try OpenDirectory(path: folder)
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<50 {
                        do {
                            try directory.write(Data("x".utf8), as: "\(writer)-\(number)", replacing: false)
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
            }
            group.addTask { for _ in 0..<200 { directory.removeUnfinished() } }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 200)
    }
}

@Suite("A directory for the files of one database")
struct OwnDirectoryTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/own-\(UUID().uuidString)"
        mkdir(folder, 0o700)
        mkdir(folder + "/d", 0o755)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// The problem of a directory, which must be the same before it is opened.
    private func problem(of path: String, for id: String = "aaaaaa") -> String? {
        let directory = OwnDirectory(path: path, name: "report directory", databaseID: id)
        let before = directory.problem()
        do {
            _ = try directory.open()
            #expect(before == nil)
            return nil
        } catch {
            #expect(before == error.description)
            return error.description
        }
    }

    @Test("the first database marks it, and no other may use it")
    func marked() throws {
        try Self.inFolder { folder in
            #expect(problem(of: folder + "/d") == nil && problem(of: folder + "/d") == nil)
            let other = try #require(problem(of: folder + "/d", for: "bbbbbb"))
            #expect(other.contains("belongs to database aaaaaa, and this is database bbbbbb"))
        }
    }

    @Test(
        "a mark that is no file with an id is refused",
        arguments: ["", "aaaaaa\naaaaaa", "AAAAAA", "link", "directory"]
    )
    func brokenMark(content: String) throws {
        try Self.inFolder { folder in
            let mark = folder + "/d/.dsr-database"
            switch content {
            case "link":
                try Data("aaaaaa\n".utf8).write(to: URL(filePath: folder + "/elsewhere"))
                symlink(folder + "/elsewhere", mark)
            case "directory": mkdir(mark, 0o700)
            default: try Data(content.utf8).write(to: URL(filePath: mark))
            }
            #expect(problem(of: folder + "/d")?.contains("cannot be read as the id of a database") == true)
        }
    }

    @Test(
        "one that others can write to is refused",
        arguments: [0o775, 0o777, 0o757, 0o1777, 0o720, 0o702] as [mode_t]
    )
    func writable(mode: mode_t) throws {
        try Self.inFolder { folder in
            chmod(folder + "/d", mode)
            #expect(problem(of: folder + "/d")?.contains("run 'chmod go-w' on it") == true)
            chmod(folder + "/d", mode & ~0o022)
            #expect(problem(of: folder + "/d") == nil)
        }
    }

    @Test("one of another user is refused, and a symbolic link of another user", .enabled(if: geteuid() == 0))
    func ofAnother() throws {
        try Self.inFolder { folder in
            chown(folder + "/d", 65_534, 65_534)
            #expect(problem(of: folder + "/d")?.contains("belongs to another user (uid 65534)") == true)
            chown(folder + "/d", 0, 0)
            symlink(folder + "/d", folder + "/own")
            #expect(problem(of: folder + "/own") == nil)
            symlink(folder + "/d", folder + "/theirs")
            lchown(folder + "/theirs", 65_534, 65_534)
            #expect(problem(of: folder + "/theirs")?.contains("symbolic link of another user (uid 65534)") == true)
        }
    }

    @Test("a file is no directory")
    func file() throws {
        try Self.inFolder { folder in
            try Data().write(to: URL(filePath: folder + "/file"))
            #expect(problem(of: folder + "/file") == "the report directory is not a directory")
        }
    }
}
