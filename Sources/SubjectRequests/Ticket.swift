/// A reference to the operator's own ticket system, for example `DSR-2041`.
///
/// The evidence log keeps tickets for good, so the format leaves no room for a sentence, and a ticket must not contain the
/// customer's identifier. The database validates the same format.
public struct Ticket: Sendable, Hashable, CustomStringConvertible {
    /// The reference.
    public let value: String

    /// Validates a ticket.
    ///
    /// - Parameter subject: The customer of the request, if known.
    /// - Throws: ``InvalidRequest`` if the text is not a reference, or contains an identifier of 4 or more characters.
    ///   Shorter identifiers occur in references by chance.
    public init(_ value: String, about subject: SubjectID? = nil) throws(InvalidRequest) {
        guard value.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._:\/#\-]{0,99}/) != nil else {
            throw InvalidRequest(
                "the ticket is not a valid reference; expected up to 100 letters, digits and . _ : / # -, for example "
                    + "DSR-2041, without a name or an address, because the evidence log keeps it for good"
            )
        }
        if let subject, subject.value.unicodeScalars.count >= 4, value.contains(subject.value) {
            throw InvalidRequest(
                "the ticket contains the integrationId; the evidence log keeps the ticket for good, so it must not name "
                    + "the customer"
            )
        }
        self.value = value
    }

    /// The reference.
    public var description: String { value }
}
