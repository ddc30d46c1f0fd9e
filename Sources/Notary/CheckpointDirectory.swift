import AtomicFiles
public import EvidenceLog
import Foundation

/// The signed heads as files, one a head, outside the database: whoever owns the database can rewrite it, and these
/// show it. Best kept where the database's owner cannot write.
///
/// A file holds the body of a witness's `add-checkpoint` request (C2SP tlog-witness): `old` and the size of the head
/// before, the proof that this one continues it, an empty line, and the signed note. So a witness needs nothing else.
public struct CheckpointDirectory: Sendable {
    /// Where the files are.
    public let path: String

    /// The directory; made when the first head is written.
    public init(path: String) {
        self.path = path
    }

    /// One file.
    public struct Filed: Sendable {
        /// The file's name.
        public let name: String
        /// The size of the head that this one continues, 0 for the first.
        public let oldSize: Int
        /// The proof that it does, as it was filed.
        public let consistency: [TreeHash]
        /// The signed note, exactly as filed.
        public let note: String
    }

    /// The names of the files, smallest head first.
    func names() throws(NotaryError) -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(Self.ending) }
                .sorted()
        } catch {
            throw NotaryError(.file, "the checkpoint directory cannot be read")
        }
    }

    /// Reads one file.
    func read(_ name: String) throws(NotaryError) -> Filed {
        guard let data = FileManager.default.contents(atPath: (path as NSString).appendingPathComponent(name)),
            let text = String(validating: data, as: UTF8.self), let gap = text.range(of: "\n\n")
        else { throw NotaryError(.file, "the checkpoint file \(name) cannot be read") }
        var lines = text[..<gap.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.removeFirst()
        guard first.hasPrefix("old "), let old = Int(first.dropFirst(4)), old >= 0, String(old) == first.dropFirst(4)
        else {
            throw NotaryError(.file, "the checkpoint file \(name) does not begin with 'old' and a size")
        }
        let proof = lines.compactMap { TreeHash(base64: String($0)) }
        guard proof.count == lines.count else {
            throw NotaryError(.file, "the checkpoint file \(name) has a line that is no hash")
        }
        return Filed(name: name, oldSize: old, consistency: proof, note: String(text[gap.upperBound...]))
    }

    /// Files a head. A file of that name stays as it is: it may bear a witness's signature by now.
    func write(_ note: String, size: Int, oldSize: Int, consistency: [TreeHash]) throws(NotaryError) {
        let file = (path as NSString).appendingPathComponent(Self.name(size))
        guard !FileManager.default.fileExists(atPath: file) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
            try AtomicFile.write(
                Data(Self.body(note, oldSize: oldSize, consistency: consistency).utf8),
                to: file,
                replacing: false,
                mode: 0o644
            )
        } catch {
            throw NotaryError(
                .file,
                "the checkpoint of size \(size) cannot be filed: \((error as? AtomicFile.Failure)?.description ?? "the directory cannot be made")"
            )
        }
    }

    /// Replaces the note of a file, for one with more signatures.
    func replace(_ filed: Filed, with note: String) throws(NotaryError) {
        let body = Self.body(note, oldSize: filed.oldSize, consistency: filed.consistency)
        do throws(AtomicFile.Failure) {
            try AtomicFile.write(
                Data(body.utf8),
                to: (path as NSString).appendingPathComponent(filed.name),
                replacing: true,
                mode: 0o644
            )
        } catch {
            throw NotaryError(.file, "the checkpoint file \(filed.name) cannot be written: \(error)")
        }
    }

    private static let ending = ".checkpoint"

    /// Padded, so that the order of names is the order of sizes.
    static func name(_ size: Int) -> String {
        let digits = String(size)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits + ending
    }

    private static func body(_ note: String, oldSize: Int, consistency: [TreeHash]) -> String {
        (["old \(oldSize)"] + consistency.map(\.base64)).joined(separator: "\n") + "\n\n" + note
    }
}
