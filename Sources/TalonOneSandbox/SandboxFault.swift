/// A fault to inject: the requests it applies to, how many of them, and what happens on the wire.
///
/// In JSON, for example: `{"match": {"operation": "deleteCustomerData"}, "count": 1, "behaviour": {"dropAfterActing": {}}}`.
public struct SandboxFault: Sendable, Codable, Hashable {
    /// The requests to which the fault applies.
    public var match: SandboxMatch
    /// The number of requests to which it applies; `nil` means all.
    public var count: Int?
    /// The number of matching requests to skip first; `nil` means none.
    public var after: Int?
    /// What happens to the requests.
    public var behaviour: Behaviour

    /// Creates a fault.
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
        /// Never acts and never answers, until the faults are cleared or the caller closes the connection.
        case hang
        /// Acts and never answers, until the faults are cleared or the caller closes the connection.
        case hangAfterActing
        /// Closes the connection without acting.
        case dropBeforeActing
        /// Acts, then closes the connection without any answer.
        case dropAfterActing
        /// Answers with this status, after acting if `act` is true. `retryAfter` is the text of the header.
        case status(code: Int, body: String? = nil, retryAfter: String? = nil, act: Bool? = nil)
        /// Acts, then answers 200 with `not json`.
        case garbage
        /// Acts, then answers 200 with a JSON object that is not UTF-8.
        case invalidUTF8
        /// Acts, announces the length of the whole answer, sends half of it and closes the connection.
        case truncatedBody
        /// Acts, then sends a body that does not end until the caller closes the connection.
        case endlessBody
        /// Acts, then sends the answer one byte at a time.
        case slowBody(millisecondsPerByte: Int)
        /// Acts, then answers 200 with an inventory of this size.
        case hugeBody(mebibytes: Int)
        /// Acts, then answers as usual with a header of this size.
        case hugeHeader(kibibytes: Int)
        /// Acts, answers as usual, then closes the connection although it announced to keep it open.
        case closeAfterAnswer
        /// Redirects, without acting.
        case redirect(location: String)
        /// Acts; after a deletion the customer is created again at once, as if the shop had sent a late event.
        case reappear

        /// Whether the answer is the usual one, possibly late.
        var isHarmless: Bool { if case .delay = self { true } else { false } }
    }
}

/// Conditions on a request. All given conditions must hold; `nil` holds for every request.
public struct SandboxMatch: Sendable, Codable, Hashable {
    /// The operation's name, the same for both dialects, for example `deleteCustomerData`.
    public var operation: String?
    /// The identifier in the path, decoded: a customer, a session or a coupon.
    public var identifier: String?
    /// The beginning of the path, as sent.
    public var pathPrefix: String?

    /// Creates conditions.
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
