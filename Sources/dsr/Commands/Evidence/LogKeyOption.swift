import ArgumentParser
import EvidenceLog

/// The log's verifier key: the given one, or that of the configured signing key.
struct LogKeyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("The log's verifier key. Default: that of the configured signing key.", valueName: "vkey")
    )
    var key: String?

    func read(_ configuration: DsrConfiguration) throws -> VerifierKey {
        guard let key else {
            guard let signing = try configuration.signingKey() else { throw Failure.noKey }
            return signing.verifierKey
        }
        return try VerifierKey(option: "--key", key)
    }
}

extension VerifierKey {
    /// Reads a verifier key from an option.
    init(option: String, _ text: String) throws {
        do {
            try self.init(text)
        } catch {
            throw Failure(.needsAction, "\(option) is not a valid verifier key: \(error)")
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
