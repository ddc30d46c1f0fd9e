import EvidenceLog
import Foundation
import Glibc

extension CheckpointDirectory {
    /// A checkpoint file by what it contains. It is not verified: an abandoned one can be of a key that is not known.
    struct Summary: Sendable, Hashable {
        let name: String, size: Int, root: TreeHash
    }

    /// Reads which checkpoint a file contains.
    ///
    /// - Parameter name: The file's name, or its path below the directory.
    func summary(of name: String) throws -> Summary {
        let note = try read(name).note
        return try NotaryError.checking("the checkpoint file \(name) is invalid") {
            let checkpoint = try Checkpoint(SignedNote(text: note))
            return Summary(name: name, size: checkpoint.size, root: checkpoint.root)
        }
    }

    /// Moves files to a folder of their own, named after the log entry about them. None is deleted or replaced.
    ///
    /// - Returns: The folder's path; `nil` for no files.
    func setAside(_ names: [String], entry: Int64) throws -> String? {
        guard !names.isEmpty else { return nil }
        let folder = "\(Self.aside)\(entry)"
        if mkdir(file(folder), 0o755) != 0, errno != EEXIST {
            throw NotaryError(.file, "the folder \(folder) cannot be created in the checkpoint directory")
        }
        for name in names {
            guard !contains("\(folder)/\(name)"), rename(file(name), file("\(folder)/\(name)")) == 0 else {
                throw NotaryError(
                    .file,
                    "the checkpoint file \(name) cannot be moved to the folder \(folder); repeat the command"
                )
            }
        }
        return file(folder)
    }

    /// The paths below the directory of the files that were set aside.
    func asideNames() throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let folders = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(Self.aside) }
        return try folders.sorted().flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: file(folder))
                .filter { $0.hasSuffix(Self.ending) }
                .sorted()
                .map { "\(folder)/\($0)" }
        }
    }

    private static let aside = "abandoned-"
}
