import ArgumentParser
import Store

struct GrantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants",
        abstract: "Print or apply the grants of the three database roles.",
        discussion: """
            The worker runs dsr and cannot change evidence. The intake inserts requests and does nothing else. The auditor \
            reads evidence and runs, and no personal data. The roles must exist; the owner of the schema applies the grants.

            Examples:
              dsr grants
              dsr grants --apply --worker dsr --auditor audit
            """
    )

    @Option(help: ArgumentHelp("The role that runs dsr.", valueName: "role"))
    var worker = "dsr_worker"
    @Option(help: ArgumentHelp("The role of systems that insert requests.", valueName: "role"))
    var intake = "dsr_intake"
    @Option(help: ArgumentHelp("The role of auditors.", valueName: "role"))
    var auditor = "dsr_auditor"
    @Flag(help: "Apply the grants instead of printing them.")
    var apply = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let grants = Grants(worker: worker, intake: intake, auditor: auditor)
        guard apply else { return Terminal.out(grants.script) }
        try await options.load().withStore { store in try await store.apply(grants) }
        Terminal.out("Applied.")
    }
}
