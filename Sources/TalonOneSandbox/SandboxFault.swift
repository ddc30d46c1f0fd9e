/// Misbehaviour to order: which requests, how many of them, and what happens on the wire.
///
/// In JSON: `{"match": {"operation": "deleteCustomerData"}, "count": 1, "behaviour": {"dropAfterActing": {}}}`.
public struct SandboxFault: Sendable, Codable, Hashable {
    /// Which requests.
    public var match: SandboxMatch
    /// How many of them; `nil` is all.
    public var count: Int?
    /// How many are let through first; `nil` is none.
    public var after: Int?
    /// What happens to them.
    public var behaviour: Behaviour

    /// Makes a fault.
    public init(_ behaviour: Behaviour, match: SandboxMatch = SandboxMatch(), count: Int? = nil, after: Int? = nil) {
        self.match = match
        self.count = count
        self.after = after
        self.behaviour = behaviour
    }

    /// What happens on the wire.
    public enum Behaviour: Sendable, Codable, Hashable {
        /// Waits, then acts and answers as usual.
        case delay(milliseconds: Int)
        /// Never acts and never answers, until the faults are cleared or the caller hangs up.
        case hang
        /// Acts, and never answers, until the faults are cleared or the caller hangs up.
        case hangAfterActing
        /// Closes the connection without acting.
        case dropBeforeActing
        /// Acts, then closes the connection without a byte of answer.
        case dropAfterActing
        /// Answers with this status, acting before or not at all. `retryAfter` is the header's text.
        case status(code: Int, body: String? = nil, retryAfter: String? = nil, act: Bool? = nil)
        /// Acts, then answers 200 with `not json`.
        case garbage
        /// Acts, then answers 200 with a JSON object that is not UTF-8.
        case invalidUTF8
        /// Acts, promises the whole answer, sends half of it and closes the connection.
        case truncatedBody
        /// Acts, then sends a body that does not end before the caller hangs up.
        case endlessBody
        /// Acts, then sends the answer one byte at a time.
        case slowBody(millisecondsPerByte: Int)
        /// Acts, then answers 200 with an inventory that is this large.
        case hugeBody(mebibytes: Int)
        /// Acts, then answers as usual, with a header that is this large.
        case hugeHeader(kibibytes: Int)
        /// Acts, answers as usual, and then closes the connection, although it had promised to keep it.
        case closeAfterAnswer
        /// Redirects, without acting.
        case redirect(location: String)
        /// Acts; if that was a deletion, the customer is back at once, as if the shop had sent a late event.
        case reappear

        /// Whether the answer comes as usual, if late.
        var isHarmless: Bool { if case .delay = self { true } else { false } }
    }
}

/// Which requests. Conditions that are `nil` hold for all; those given must all hold.
public struct SandboxMatch: Sendable, Codable, Hashable {
    /// The operation's name, the same for both dialects: `deleteCustomerData`.
    public var operation: String?
    /// The decoded identifier in the path: a customer, a session or a coupon.
    public var identifier: String?
    /// The beginning of the path as it was sent.
    public var pathPrefix: String?

    /// Makes the conditions.
    public init(operation: String? = nil, identifier: String? = nil, pathPrefix: String? = nil) {
        self.operation = operation
        self.identifier = identifier
        self.pathPrefix = pathPrefix
    }

    func holds(operation: String?, identifier: String?, path: String) -> Bool {
        (self.operation == nil || self.operation == operation)
            && (self.identifier == nil || self.identifier == identifier)
            && (pathPrefix.map { path.hasPrefix($0) } ?? true)
    }
}
