import ArgumentParser
import Foundation
import Store

struct GrantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants",
        abstract: "Print, or apply, what the three database roles may do.",
        discussion: """
            worker runs dsr and cannot change evidence; intake inserts requests and nothing else; auditor reads \
            evidence and runs, and no personal data. The roles must be there; the schema's owner applies the grants.
            """
    )

    @Option(help: "The role that runs dsr.")
    var worker = "dsr_worker"
    @Option(help: "The role of systems that insert requests.")
    var intake = "dsr_intake"
    @Option(help: "The role of auditors.")
    var auditor = "dsr_auditor"
    @Flag(help: "Apply them, instead of printing.")
    var apply = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let grants = Grants(worker: worker, intake: intake, auditor: auditor)
        guard apply else { return Terminal.out(grants.script) }
        try await options.load().withStore { store in try await store.apply(grants) }
        Terminal.out("Applied.")
    }
}
