public import EvidenceLog
import Foundation
public import Store

/// The keys of a log, and from which entry on each was replaced by the next one.
///
/// An entry in the log states that a key was replaced. The old key is valid for checkpoints up to that entry, so that a
/// stolen or retired key cannot sign later ones. The old key need not be given: the entry contains it, and is covered by
/// the signature of the new one.
public struct LogKeys: Sendable {
    /// An entry that a key was replaced.
    struct Replacement: Sendable {
        let index: Int64
        let old: VerifierKey, new: VerifierKey
    }

    /// The given keys, and those that they replaced.
    let keys: [VerifierKey]
    private let replacements: [Replacement]

    /// The keys of one log.
    ///
    /// - Parameter given: The keys that the caller trusts, at least one.
    /// - Throws: `StoreError`; `EvidenceLogError` if a key is not a log's key.
    public init(_ given: [VerifierKey], in store: Store) async throws {
        replacements = try await store.keyReplacements().compactMap(Replacement.init)
        var keys = given
        for replacement in replacements.reversed()
        where keys.contains(replacement.new) && !keys.contains(replacement.old) {
            keys.append(replacement.old)
        }
        self.keys = keys
        _ = try LogPolicy(logs: keys)
    }

    /// The entry that replaced a key; `nil` if it is in force.
    func replacement(of key: VerifierKey) -> Replacement? {
        replacements.last { $0.old == key }
    }

    /// Verifies that a note is a checkpoint of this log, signed by a key that was in force.
    ///
    /// - Throws: `EvidenceLogError` if it is not signed; ``NotaryError`` if only a replaced key signed it, or if it is
    ///   signed by a newer key than those given.
    func verify(_ note: SignedNote) throws -> Checkpoint {
        do {
            let (checkpoint, signatures) = try LogPolicy(logs: keys).verify(note)
            let signers = signatures.map(\.key)
            let inForce = signers.contains { key in
                replacement(of: key).map { checkpoint.size <= $0.index } ?? true
            }
            guard inForce else {
                let index = signers.compactMap { replacement(of: $0)?.index }.max() ?? 0
                throw NotaryError(.inconsistent, "it is signed by a key that was replaced at log entry \(index)")
            }
            return checkpoint
        } catch let error as EvidenceLogError where error.code == .missingSignature {
            guard let newer = replacements.last(where: { keys.contains($0.old) && !keys.contains($0.new) }) else {
                throw error
            }
            throw NotaryError(
                .inconsistent,
                "the log's key was replaced at log entry \(newer.index); the new key is needed too",
                cause: error
            )
        }
    }
}

extension LogKeys.Replacement {
    private struct Fields: Codable {
        struct Keys: Codable { let old_key: String, new_key: String }
        let log: Keys
    }

    init?(_ note: LogNote) {
        guard let payload = note.payload, let fields = try? JSONDecoder().decode(Fields.self, from: payload),
            let old = try? VerifierKey(fields.log.old_key), let new = try? VerifierKey(fields.log.new_key)
        else { return nil }
        self.init(index: note.index, old: old, new: new)
    }

    /// What the entry holds as `log`.
    static func fields(old: VerifierKey, new: VerifierKey) throws -> String {
        let keys = Fields.Keys(old_key: "\(old)", new_key: "\(new)")
        return String(decoding: try JSONEncoder().encode(keys), as: UTF8.self)
    }
}
