public import AtomicFiles
public import EvidenceLog
import Foundation

/// A directory with one file for each signed checkpoint, outside the database.
///
/// The owner of the database can rewrite it; these files show that. Put the directory on a machine to which the owner
/// of the database cannot write.
///
/// A file is the body of a witness's `add-checkpoint` request (C2SP tlog-witness): `old` and the size of the previous
/// checkpoint, the consistency proof, an empty line, and the signed note. A witness needs nothing else.
public struct CheckpointDirectory: Sendable {
    /// The path of the directory.
    public let path: String

    /// A directory, which is created when the first checkpoint of a log is written.
    public init(path: String) {
        self.path = path
    }

    /// The content of a checkpoint file.
    public struct Filed: Sendable {
        /// The file's name.
        public let name: String
        /// The size of the previous checkpoint, 0 for the first.
        public let oldSize: Int
        /// The proof that this checkpoint is consistent with the previous one.
        public let consistency: [TreeHash]
        /// The text of the signed note.
        public let note: String
    }

    /// The names of the files, smallest checkpoint first.
    func names() throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(Self.ending) }
                .sorted()
        } catch {
            throw NotaryError(.file, "the checkpoint directory cannot be read", cause: error)
        }
    }

    /// Whether a file with this name exists.
    func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// Reads a file.
    func read(_ name: String) throws -> Filed {
        let data = FileManager.default.contents(atPath: file(name))
        do {
            return try read(name, data)
        } catch {
            guard let damage = data.flatMap(TextDamage.init), (try? read(name, damage.repaired)) != nil else {
                throw error
            }
            throw NotaryError(
                .file,
                "the checkpoint file \(name) is damaged, which is no sign of forgery: a program has changed it "
                    + "(\(damage.description)). Restore it from a copy",
                cause: error
            )
        }
    }

    private func read(_ name: String, _ data: Data?) throws -> Filed {
        guard let data, let text = String(validating: data, as: UTF8.self), let gap = text.range(of: "\n\n")
        else { throw NotaryError(.file, "the checkpoint file \(name) cannot be read, or has no empty line") }
        var lines = text[..<gap.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.removeFirst()
        guard first.hasPrefix("old "), let old = Int(first.dropFirst(4)), old >= 0, String(old) == first.dropFirst(4)
        else {
            throw NotaryError(
                .file,
                "the first line of the checkpoint file \(name) is invalid: expected a size, for example 'old 42'"
            )
        }
        let proof = lines.compactMap { TreeHash(base64: String($0)) }
        guard proof.count == lines.count else {
            throw NotaryError(.file, "the checkpoint file \(name) has an invalid hash in its consistency proof")
        }
        return Filed(name: name, oldSize: old, consistency: proof, note: String(text[gap.upperBound...]))
    }

    /// The directory as that of one database: nobody else can change it, and no other database files there.
    public func owned(byDatabase id: String) -> OwnDirectory {
        OwnDirectory(path: path, name: "checkpoint directory", databaseID: id)
    }

    /// Files a checkpoint. An existing file is kept, since it may have cosignatures by now.
    ///
    /// - Parameters:
    ///   - databaseID: The id of the log's database.
    ///   - creating: Whether the directory is created if it is missing. Only the first checkpoint of a log does.
    func write(
        _ note: String,
        size: Int,
        oldSize: Int,
        consistency: [TreeHash],
        databaseID: String,
        creating: Bool
    ) throws {
        let name = Self.name(size)
        let title = "the checkpoint file \(name)"
        if creating { try createDirectory(at: path, for: title) }
        do {
            let directory = try owned(byDatabase: databaseID).open()
            directory.removeUnfinished()
            guard !contains(name) else { return }
            let body = Self.body(note, oldSize: oldSize, consistency: consistency)
            try directory.write(Data(body.utf8), as: name, replacing: false, mode: 0o644)
        } catch {
            throw NotaryError(.file, "\(title) cannot be written: \(error)", cause: error)
        }
    }

    /// Replaces the note of a file by one with more signatures.
    func replace(_ filed: Filed, with note: String) throws {
        let body = Self.body(note, oldSize: filed.oldSize, consistency: filed.consistency)
        try publish(
            Data(body.utf8),
            to: file(filed.name),
            replacing: true,
            creating: false,
            as: "the checkpoint file \(filed.name)"
        )
    }

    static let ending = ".checkpoint"

    /// The name of a checkpoint's file, with leading zeros so that the order of names is the order of sizes.
    static func name(_ size: Int) -> String {
        let digits = String(size)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits + ending
    }

    func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    private static func body(_ note: String, oldSize: Int, consistency: [TreeHash]) -> String {
        (["old \(oldSize)"] + consistency.map(\.base64)).joined(separator: "\n") + "\n\n" + note
    }
}

/// Writes a file that other users can read.
///
/// - Parameters:
///   - creating: Whether its directory is created if it is missing.
///   - name: The file's name in errors.
/// - Throws: ``NotaryError`` `.file`.
func publish(_ content: Data, to path: String, replacing: Bool, creating: Bool = true, as name: String) throws {
    if creating { try createDirectory(at: AtomicFile.directory(of: path), for: name) }
    do {
        try AtomicFile.write(content, to: path, replacing: replacing, mode: 0o644)
    } catch {
        throw NotaryError(.file, "\(name) cannot be written: \(error)", cause: error)
    }
}

/// Creates a directory that other users can read, with those above it.
private func createDirectory(at path: String, for name: String) throws {
    do {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
    } catch {
        throw NotaryError(.file, "\(name) cannot be written: its directory cannot be created", cause: error)
    }
}
