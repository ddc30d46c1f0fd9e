public import EvidenceLog
public import Notary

/// How a run signs the evidence.
public enum EvidenceSigning: Sendable {
    /// No key is configured: leaves wait to be signed.
    case unconfigured
    /// A key is configured and cannot be used: leaves wait, and a person must look.
    case keyUnusable(String)
    /// Heads are signed, and filed where a directory is configured.
    case signing(SigningKey, CheckpointDirectory?)
}
