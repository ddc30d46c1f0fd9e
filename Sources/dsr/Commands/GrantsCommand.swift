import ArgumentParser
import Store

struct GrantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants",
        abstract: "Print or apply the grants of the database roles.",
        discussion: """
            The worker runs dsr each night. Operators run it by day, and decide on requests. Approvers approve erasures, and \
            do nothing else. The intake inserts requests, and does nothing else. The auditor reads evidence and runs, and no \
            personal data. None of them may change a row except through the functions of the schema. The roles must exist; \
            the owner of the schema applies the grants.

            Examples:
              dsr grants
              dsr grants --apply --worker dsr --auditor audit
            """
    )

    @Option(help: ArgumentHelp("The role that runs dsr each night.", valueName: "role"))
    var worker = DatabaseRole.worker.defaultName
    @Option(help: ArgumentHelp("The role of operators.", valueName: "role"))
    var `operator` = DatabaseRole.operator.defaultName
    @Option(help: ArgumentHelp("The role of those who approve erasures.", valueName: "role"))
    var approver = DatabaseRole.approver.defaultName
    @Option(help: ArgumentHelp("The role of systems that insert requests.", valueName: "role"))
    var intake = DatabaseRole.intake.defaultName
    @Option(help: ArgumentHelp("The role of auditors.", valueName: "role"))
    var auditor = DatabaseRole.auditor.defaultName
    @Flag(help: "Apply the grants instead of printing them.")
    var apply = false
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        let names = [worker, `operator`, approver, intake, auditor]
        guard Set(names).count == names.count else {
            throw ValidationError("each role must be another one: what one may do, the other must not")
        }
    }

    func run() async throws {
        let grants = Grants([
            .worker: worker, .operator: `operator`, .approver: approver, .intake: intake, .auditor: auditor,
        ])
        guard apply else { return Terminal.out(grants.script) }
        try await options.load().withStore { store in try await store.apply(grants) }
        Terminal.out("Applied.")
    }
}
