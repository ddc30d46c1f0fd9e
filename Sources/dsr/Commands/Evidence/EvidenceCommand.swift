import ArgumentParser

struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Sign and verify the evidence log, and prove how requests ended.",
        discussion: """
            Examples:
              dsr evidence verify
              dsr evidence receipt 694
            """,
        subcommands: [
            Key.self, SignCheckpoint.self, Verify.self, Receipt.self, Check.self, Prove.self, Export.self, Prune.self,
            Cosign.self, Adopt.self, RemoveUnsigned.self,
        ]
    )
}
