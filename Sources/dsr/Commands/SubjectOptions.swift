import ArgumentParser
import Foundation
import SubjectRequests

/// A person given on the command line, or on standard input, where no process table shows it.
struct SubjectArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The customer's integrationId, or - to read it from standard input, which no process table shows.",
            valueName: "integration-id"
        )
    )
    var integrationID: String

    /// Whether it comes from standard input, so that no question can be answered there.
    var isFromStandardInput: Bool { integrationID == "-" }

    func read() throws -> SubjectID {
        try Self.read(integrationID)
    }

    /// Reads a person from an argument, or from standard input where that is `-`.
    static func read(_ argument: String) throws -> SubjectID {
        let text = argument == "-" ? readLine(strippingNewline: true) ?? "" : argument
        do {
            return try SubjectID(text)
        } catch {
            throw Failure(.usage, "\(error.reason); nothing was done")
        }
    }
}

/// What the evidence and the row say of where a request came from.
struct OriginOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Who asked for it, for the request's row.", valueName: "name"))
    var requestedBy: String?
    @Option(
        help: ArgumentHelp(
            "When the request reached the controller, as in 2026-03-05T10:00:00Z. Default: now.",
            valueName: "instant"
        )
    )
    var receivedAt: String?

    func instant() throws -> Date? {
        guard let receivedAt else { return nil }
        guard let instant = try? Date(receivedAt, strategy: .iso8601) else {
            throw Failure(.usage, "--received-at is not an instant; it looks like 2026-03-05T10:00:00Z")
        }
        guard instant <= Date() else { throw Failure(.usage, "--received-at lies in the future") }
        return instant
    }
}

/// A ticket is kept in the evidence for good, so it is a number and not a sentence about somebody.
enum Ticket {
    static func check(_ ticket: String?, about subject: SubjectID?) throws {
        guard let ticket else { return }
        guard ticket.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._:\/#\-]{0,99}/) != nil else {
            throw Failure(
                .usage,
                "--ticket must be a reference of up to 100 letters, digits and . _ : / # -; the evidence keeps it for "
                    + "good, so it must hold no name and no address"
            )
        }
        guard let subject else { return }
        guard subject.value.count < 4 || !ticket.contains(subject.value) else {
            throw Failure(.usage, "--ticket contains the integrationId, and the evidence keeps it for good")
        }
    }
}
