import ArgumentParser
import Foundation
import SubjectRequests

/// A customer's identifier, given as an argument or on standard input, which the process table does not show.
struct SubjectArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The customer's integrationId, or - to read it from standard input, which keeps it out of the process table.",
            valueName: "integration-id"
        )
    )
    var integrationID: String

    /// Whether the identifier comes from standard input, so that a question cannot be answered there.
    var isFromStandardInput: Bool { integrationID == "-" }

    func read() throws -> SubjectID {
        try Self.read(integrationID)
    }

    /// Reads an identifier from an argument, or from standard input where the argument is `-`.
    static func read(_ argument: String) throws -> SubjectID {
        try check(argument == "-" ? StandardInput.line() : argument)
    }

    /// Validates an identifier that is given as an argument.
    static func check(_ text: String) throws -> SubjectID {
        do {
            return try SubjectID(text)
        } catch {
            throw Failure(.usage, "\(error.reason); nothing was done")
        }
    }
}

/// Who made a request and when, for the request's row.
struct OriginOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Who made the request. Default: your login name.", valueName: "name"))
    var requestedBy: String?
    @Option(
        help: ArgumentHelp(
            "When the request was received, for example 2026-03-05T10:00:00Z. Default: now.",
            valueName: "instant"
        )
    )
    var receivedAt: String?

    func instant() throws -> Date? {
        guard let receivedAt else { return nil }
        guard let instant = Date(exactly: receivedAt) else {
            throw Failure(.usage, "--received-at must be an instant, for example 2026-03-05T10:00:00Z")
        }
        guard instant <= Date() else { throw Failure(.usage, "--received-at must not be in the future") }
        return instant
    }
}

/// Options whose value the evidence log keeps for good.
enum TicketOption {
    /// - Throws: ``Failure`` where the value is not a ``Ticket``.
    static func check(_ ticket: String?, about subject: SubjectID? = nil, option: String = "--ticket") throws {
        guard let ticket else { return }
        do {
            _ = try Ticket(ticket, about: subject)
        } catch {
            throw Failure(.usage, "\(option): \(error.reason)")
        }
    }
}
