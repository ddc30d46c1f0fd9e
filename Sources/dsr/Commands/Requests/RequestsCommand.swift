import ArgumentParser

struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "List requests and decide on them. Never shows the customer.",
        discussion: """
            Each decision needs a reason or a ticket, leaves evidence, and is idempotent. The reason is shown to operators \
            and deleted after an erasure; the ticket is kept in the evidence permanently.

            Examples:
              dsr requests list --at-risk 7d
              dsr requests show 694
              dsr requests approve 694 --subject customer-42 --ticket T-1
            """,
        subcommands: [
            List.self, Show.self, Verify.self, Approve.self, ApproveReplays.self, Suspend.self, Resume.self,
            Extend.self, Refuse.self,
            Reopen.self, Cancel.self, Retry.self, Hold.self, Release.self, Holds.self,
        ]
    )
}
