public import Foundation
public import SubjectRequests

/// The facts about a request that its answer states.
public struct RequestFacts: Sendable {
    /// The request's number, unique in its database.
    public var requestID: Int64
    /// The names of the database's documents.
    public var names: DocumentNames
    /// The right that is exercised: access or portability.
    public var right: Right
    /// The customer. The identifier is personal data: it appears only inside answers to the customer.
    public var subject: SubjectID
    /// Where the data was read.
    public var environment: Environment
    /// When the answer was produced.
    public var producedAt: Date
    /// When the request reached the controller.
    public var receivedAt: Date?
    /// The time zone in which the request's days are counted.
    public var timeZone: TimeZone
    /// The run that produced it, if one did.
    public var runID: Int64?
    /// The controller's own reference, if there is one.
    public var ticket: String?
    /// The version of the software that produced it.
    public var softwareVersion: String

    /// Collects the facts; nothing is checked.
    public init(
        requestID: Int64,
        databaseID: String,
        right: Right,
        subject: SubjectID,
        environment: Environment,
        producedAt: Date,
        receivedAt: Date? = nil,
        timeZone: TimeZone = .gmt,
        runID: Int64? = nil,
        ticket: String? = nil,
        softwareVersion: String
    ) {
        self.requestID = requestID
        self.names = DocumentNames(databaseID: databaseID)
        self.right = right
        self.subject = subject
        self.environment = environment
        self.producedAt = producedAt
        self.receivedAt = receivedAt
        self.timeZone = timeZone
        self.runID = runID
        self.ticket = ticket
        self.softwareVersion = softwareVersion
    }

    var reference: String { names.reference(of: requestID) }
    var exportFileName: String { names.document("export.json", of: requestID) }
    var letterFileName: String { names.document("letter.html", of: requestID) }
    var controllerFileName: String { names.document("controller.json", of: requestID) }

    /// The variables about a request that every letter has.
    func view(_ labels: Labels) -> [String: Any] {
        func day(_ instant: Date) -> String { Timestamps.readableDay(instant, in: timeZone, months: labels.months) }
        var view: [String: Any] = [
            "request": reference, "addressee": subject.value, "date": day(producedAt),
            "isSandbox": environment == .sandbox,
        ]
        view["received"] = receivedAt.map(day)
        view["ticket"] = ticket
        return view
    }

    /// - Throws: `ReportsError` for a right that is not answered with data.
    func requireDataRight() throws {
        guard right.isAnsweredWithData else {
            throw ReportsError(.noSuchDocument, "a request for \(right.rawValue) is not answered with data")
        }
    }
}
