import ArgumentParser

struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Look at requests, and decide about them. Shows everything but the person.",
        discussion: """
            Decisions need a reason or a ticket, leave evidence, and may be repeated without harm. The reason is for people \
            and is dropped when the person is erased; the ticket is kept in the evidence for good.
            """,
        subcommands: [
            List.self, Show.self, Verify.self, Approve.self, Suspend.self, Resume.self, Extend.self, Refuse.self,
            Cancel.self, Retry.self, Hold.self, Release.self, Holds.self,
        ]
    )
}
