import AtomicFiles
import Foundation
import Glibc
import Testing

@Suite("Files on file systems without hard links")
struct NamingTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/atomic-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// Whether `link` and then also `renameat2` fail, and how.
    private static let fileSystems: [AtomicFile.Naming] =
        [.system]
        + [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS].map { error in AtomicFile.Naming(link: { _, _, _ in error }) }
        + [EINVAL, ENOSYS, EPERM].map { error in
            AtomicFile.Naming(link: { _, _, _ in EPERM }, renameToNewName: { _, _, _ in error })
        }

    @Test("a file is written whole, under its mode, and no other is replaced", arguments: 0..<fileSystems.count)
    func written(_ number: Int) throws {
        try Self.inFolder { folder in
            let naming = Self.fileSystems[number]
            let path = folder + "/file"
            try AtomicFile.write(Data("one".utf8), to: path, replacing: false, mode: 0o640, naming: naming)
            let error = try #require(throws: AtomicFile.Failure.self) {
                try AtomicFile.write(Data("two".utf8), to: path, replacing: false, naming: naming)
            }
            #expect(error.alreadyExists)
            #expect(FileManager.default.contents(atPath: path) == Data("one".utf8))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o640)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
            try AtomicFile.write(Data("three".utf8), to: path, replacing: true, naming: naming)
            #expect(FileManager.default.contents(atPath: path) == Data("three".utf8))
        }
    }

    @Test("another error of link is an error, and leaves nothing behind", arguments: [EACCES, EIO, ENOSPC])
    func otherError(_ number: Int32) throws {
        try Self.inFolder { folder in
            let error = try #require(throws: AtomicFile.Failure.self) {
                try AtomicFile.write(
                    Data("one".utf8),
                    to: folder + "/file",
                    replacing: false,
                    naming: AtomicFile.Naming(link: { _, _, _ in number })
                )
            }
            #expect(error.code == .name && error.systemError == number)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}
