public import Foundation

/// A request as it was inserted into the queue, before it is checked.
public struct NewRequest: Sendable {
    /// The row's number.
    public let id: Int64
    /// The row's `kind`.
    public let kind: String
    /// The row's `integration_id`.
    public let integrationID: String
    /// When the request reached the controller.
    public let receivedAt: Date
    /// The row's `changes`, as JSON text.
    public let changes: String?
    /// The channel through which it came, as given on insertion.
    public let channel: String?
    /// Of a row that repeats an erasure: the id of the subject key of that erasure's digest.
    public let replayKeyID: Data?
    /// Why the row cannot be read; `nil` where it can.
    public let problem: InvalidRequest?

    /// A row of the queue.
    public init(
        id: Int64,
        kind: String,
        integrationID: String,
        receivedAt: Date,
        changes: String? = nil,
        channel: String? = nil,
        replayKeyID: Data? = nil,
        problem: InvalidRequest? = nil
    ) {
        self.id = id
        self.kind = kind
        self.integrationID = integrationID
        self.receivedAt = receivedAt
        self.changes = changes
        self.channel = channel
        self.replayKeyID = replayKeyID
        self.problem = problem
    }
}

/// Prints its number only. The rest is text from outside and may be personal data.
extension NewRequest: CustomStringConvertible, CustomReflectable {
    /// The row's number.
    public var description: String { "(request \(id), withheld)" }
    /// The row's number.
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
