import ArgumentParser

struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "The evidence log: sign it, check it, prove from it.",
        subcommands: [
            Key.self, SignCheckpoint.self, Verify.self, Receipt.self, Check.self, Prove.self, Export.self, Prune.self,
            Cosign.self,
        ]
    )
}
