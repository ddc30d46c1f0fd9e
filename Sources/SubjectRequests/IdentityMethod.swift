/// How the requester's identity was verified. A document that was shown is never stored, and neither is its number.
public enum IdentityMethod: String, Sendable, Hashable, CaseIterable {
    /// The requester was logged in to the customer's account.
    case accountLogin = "account_login"
    /// The requester confirmed the request from the e-mail address on file.
    case emailConfirmed = "email_confirmed"
    /// The requester was called back on the telephone number on file.
    case calledBack = "called_back"
    /// The requester knew a secret that only the customer knows.
    case knownSecret = "known_secret"
    /// The requester showed a document.
    case documentShown = "document_shown"
    /// The requester came in person.
    case inPerson = "in_person"
}
