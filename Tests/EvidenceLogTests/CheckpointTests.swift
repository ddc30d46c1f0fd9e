import EvidenceLog
import Foundation
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
    static let root = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
    static let emptyRoot = TreeHash.empty.base64

    @Test(
        "a checkpoint is parsed and written back byte for byte",
        arguments: [
            "example.com/log\n8\n\(root)\n", "a\n1\n\(root)\n", "a\n0\n\(emptyRoot)\n",
            "a\n9223372036854775807\n\(root)\n",
            "a\n8\n\(root)\nextension\n", "a\n8\n\(root)\none line\nanother +\n", "é/log\n8\n\(root)\n",
        ]
    )
    func roundTrip(text: String) throws {
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.text == text)
        #expect(
            try Checkpoint(
                origin: checkpoint.origin,
                size: checkpoint.size,
                root: checkpoint.root,
                extensions: checkpoint.extensions
            ) == checkpoint
        )
    }

    static let malformed: [(String, Int?)] = [
        ("", nil), ("\n", 1), ("a", nil), ("a\n8\n", nil), ("a\n8\n\(root)", nil), ("a\n8\n\n", 3),
        ("\n8\n\(root)\n", 1),
        ("a b\n8\n\(root)\n", 1), ("a+b\n8\n\(root)\n", 1), (" a\n8\n\(root)\n", 1), ("a\n\n\(root)\n", 2),
        ("a\n08\n\(root)\n", 2), ("a\n00\n\(root)\n", 2), ("a\n+8\n\(root)\n", 2), ("a\n-8\n\(root)\n", 2),
        ("a\n-0\n\(root)\n", 2), ("a\n 8\n\(root)\n", 2), ("a\n8 \n\(root)\n", 2), ("a\n8.0\n\(root)\n", 2),
        ("a\n0x8\n\(root)\n", 2), ("a\n٨\n\(root)\n", 2), ("a\n9223372036854775808\n\(root)\n", 2),
        ("a\n99999999999999999999\n\(root)\n", 2), ("a\n8\n\(root.dropLast())\n", 3), ("a\n8\nAAAA\n", 3),
        ("a\n8\n\(root)=\n", 3), ("a\n8\n \(root)\n", 3), ("a\n8\n\(root) \n", 3),
        ("a\n8\n\(root.replacing("yg=", with: "yh="))\n", 3), ("a\n8\n\(root)\n\n", 4), ("a\n8\n\(root)\n\nmore\n", 4),
        ("a\n8\n\(root)\nmore\n\n", 5), ("a\r\n8\n\(root)\n", 1), ("a\n8\r\n\(root)\n", 2), ("a\n8\n\(root)\r\n", 3),
        ("a\n8\n\(root)\nm\tore\n", 4), ("a\n0\n\(root)\n", nil),
    ]

    @Test("a malformed checkpoint is rejected with the line or offset of the error", arguments: malformed)
    func refusals(text: String, line: Int?) {
        let error = #expect(throws: EvidenceLogError.self) { try Checkpoint(text: text) }
        #expect(error?.code == .malformedCheckpoint)
        #expect(error?.line == line)
    }

    @Test("a checkpoint cannot be created from parts that could not be parsed again")
    func parts() throws {
        let origin = try KeyName("a")
        let root = TreeHash.cheap(1)
        #expect(code { try Checkpoint(origin: origin, size: -1, root: root) } == .malformedCheckpoint)
        #expect(code { try Checkpoint(origin: origin, size: 0, root: root) } == .malformedCheckpoint)
        for line in ["", "\n", "a\nb", "a\r", "\0"] {
            #expect(
                code { try Checkpoint(origin: origin, size: 1, root: root, extensions: [line]) } == .malformedCheckpoint
            )
        }
        let composed = try Checkpoint(origin: origin, size: 1, root: root, extensions: ["\u{E9}"])
        #expect(try composed != Checkpoint(origin: origin, size: 1, root: root, extensions: ["e\u{301}"]))
    }

    @Test("a log's key signs only its own checkpoints")
    func signing() throws {
        let key = try SigningKey(Fixtures.logSecret)
        let checkpoint = try Checkpoint(origin: key.verifierKey.name, size: 8, root: TreeHash.cheap(8))
        let note = try key.sign(checkpoint)
        #expect(try Checkpoint(note) == checkpoint)
        #expect(try note.verify(with: [key.verifierKey]).count == 1)
        let other = try Checkpoint(origin: KeyName("example.com/other"), size: 8, root: TreeHash.cheap(8))
        #expect(code { try key.sign(other) } == .unsuitableKey)
        #expect(checkpoint.description == "example.com/log at size 8, root \(TreeHash.cheap(8))")
    }
}
