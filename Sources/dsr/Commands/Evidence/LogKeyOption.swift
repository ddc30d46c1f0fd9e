import ArgumentParser
import EvidenceLog

/// The log's verifier key: given, or that of the configured signing key.
struct LogKeyOption: ParsableArguments {
    @Option(help: ArgumentHelp("The log's verifier key. Default: that of DSR_EVIDENCE_KEY_FILE.", valueName: "vkey"))
    var key: String?

    func read(_ configuration: DsrConfiguration) throws -> VerifierKey {
        guard let key else {
            guard let signing = try configuration.signingKey() else { throw Failure.noKey }
            return signing.verifierKey
        }
        do {
            return try VerifierKey(key)
        } catch {
            throw Failure(.needsAction, "the verifier key does not hold: \(error)")
        }
    }
}

extension Failure {
    static let noKey = Failure(
        .configuration,
        "no evidence key: set DSR_EVIDENCE_KEY_FILE to a file made by 'dsr evidence key', or give --key where one may"
    )
    static let noSubjectKey = Failure(
        .configuration,
        "no subject key: set DSR_SUBJECT_KEY_FILE to the key with which requests were admitted, or make one with "
            + "'dsr evidence key FILE --kind subject'"
    )
    static let noLeaf = Failure(.needsAction, "the receipt holds no leaf")
}
