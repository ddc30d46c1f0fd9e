import ArgumentParser
import EvidenceLog
import Foundation

/// The log's verifier keys: the given ones, or that of the configured signing key.
struct LogKeyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The log's verifier key. May be repeated, for a log whose key was replaced. Default: that of the configured "
                + "signing key.",
            valueName: "vkey"
        )
    )
    var key: [String] = []

    func read(_ configuration: DsrConfiguration) throws -> [VerifierKey] {
        guard key.isEmpty else { return try key.map { try VerifierKey(option: "--key", $0) } }
        guard let signing = try configuration.signingKey() else { throw Failure.noKey }
        return [signing.verifierKey]
    }
}

extension VerifierKey {
    /// Reads a verifier key from an option. A file that was read into it may end with a line end of any system.
    init(option: String, _ text: String) throws {
        do {
            try self.init(text.trimmingCharacters(in: .whitespacesAndNewlines))
        } catch {
            throw Failure(.usage, "\(option) is not a valid verifier key: \(error)")
        }
    }

    /// Reads a witness's verifier key from an option.
    init(option: String, witness text: String, logs: [VerifierKey]) throws {
        try self.init(option: option, text)
        guard algorithm == .cosignature, !logs.contains(where: { $0.publicKey == publicKey }) else {
            throw Failure(
                .usage,
                "\(option) must be the verifier key of a witness, and not a key of the log: a log cannot witness itself"
            )
        }
    }
}

extension Failure {
    static let noKey = Failure(
        .configuration,
        "no evidence key: set \(EvidenceSettings.key.name.ofFile) to a file made by 'dsr evidence key', or give --key if "
            + "the command has it"
    )
    static let noSubjectKey = Failure(
        .configuration,
        "no subject key: set \(EvidenceSettings.subjectKey.name.ofFile) to the key with which requests were admitted, or "
            + "make a key with 'dsr evidence key FILE --kind subject'"
    )
}
