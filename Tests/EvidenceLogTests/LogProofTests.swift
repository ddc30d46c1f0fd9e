import EvidenceLog
import Foundation
import Testing

@Suite("Receipts")
struct LogProofTests {
    static let leaf = TreeHash.leaf(TreeHashTests.leaves[5])

    static func policy(origin: String? = nil, witnesses: [String] = [Fixtures.witnessKey]) throws -> LogPolicy {
        try LogPolicy(
            log: VerifierKey(Fixtures.logKey),
            origin: origin.map { try KeyName($0) },
            witnesses: witnesses.map { try VerifierKey($0) }
        )
    }

    @Test("a receipt of another program verifies, and is written back byte for byte")
    func knownReceipt() throws {
        let proof = try LogProof(Data(Fixtures.receipt.utf8))
        let shown = try proof.verify(leaf: Self.leaf, policy: Self.policy())
        #expect(shown.index == 5)
        #expect(shown.checkpoint.size == 8)
        #expect(shown.signatures.map(\.timestamp) == [nil, 1_700_000_000])
        #expect(proof.data == Data(Fixtures.receipt.utf8))
        #expect(try LogProof(index: 5, hashes: proof.hashes, note: proof.note) == proof)
    }

    /// What mail programs and editors do to a text, and how the error names it.
    private static let damages: [(String, @Sendable (String) -> String)] = [
        ("CR LF", { $0.replacing("\n", with: "\r\n") }),
        ("CR instead", { $0.replacing("\n", with: "\r") }),
        ("lines end with blanks", { $0.replacing("\n", with: " \t\n") }),
        ("lines end with blanks", { $0.replacing("index 5\n", with: "index 5 \n") }),
        ("its last line has no end", { String($0.dropLast()) }),
        ("empty lines were added", { $0 + "\n\n" }),
        ("empty lines were added", { "\n" + $0 }),
        ("byte order mark", { "\u{FEFF}" + $0 }),
        ("the dash before a signature", { $0.replacing("\u{2014} ", with: "- ") }),
        ("the dash before a signature", { $0.replacing("\u{2014} ", with: "\u{E2}\u{20AC}\u{201D} ") }),
        ("spaces were replaced", { $0.replacing("index 5", with: "index\u{A0}5") }),
        ("spaces were replaced", { $0.replacing(" ", with: "\t") }),
        ("lines begin with blanks", { "    " + $0.replacing("\n", with: "\n    ") }),
        ("empty lines were added", { $0.replacing("\n", with: "\n\n") }),
        ("the dash before a signature", { $0.replacing("\u{2014} ", with: "\u{E2}\u{80}\u{94} ") }),
        ("it is quoted", { "> " + $0.dropLast().replacing("\n", with: "\n> ") + "\n" }),
        ("text was added", { "Your receipt:\n\n" + $0 }),
        ("text was added", { $0 + "\n-- \nSent from a phone\n" }),
        ("text was added", { $0 + "-- \nSent from a phone\n" }),
        ("long lines were wrapped", { wrapped($0, at: 76) }),
        ("long lines were wrapped", { wrapped($0, at: 48) }),
        ("quoted-printable", quotedPrintable),
        ("quoted-printable", { quotedPrintable($0).replacing("\n", with: "\r\n") }),
        (
            "it is in base64",
            { Data($0.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]) }
        ),
    ]

    private static func wrapped(_ text: String, at length: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var (rest, parts) = (line, [Substring]())
            repeat {
                parts.append(rest.prefix(length))
                rest = rest.dropFirst(length)
            } while !rest.isEmpty
            return parts.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// RFC 2045, section 6.7.
    private static func quotedPrintable(_ text: String) -> String {
        let encoded = text.utf8.map { byte in
            byte == 0x0A || (32...126).contains(byte) && byte != 0x3D
                ? String(UnicodeScalar(byte)) : "=" + String(byte, radix: 16, uppercase: true)
        }
        var (result, length) = ("", 0)
        for character in encoded {
            if character != "\n", length + character.count > 75 {
                result += "=\n"
                length = 0
            }
            result += character
            length = character == "\n" ? 0 : length + character.count
        }
        return result
    }

    @Test(
        "a receipt that a mail program or an editor has changed is damaged, which is not what a forged one is",
        arguments: 0..<damages.count
    )
    func damaged(number: Int) throws {
        let (what, change) = Self.damages[number]
        let damage = try #require(LogProof.damage(of: Data(change(Fixtures.receipt).utf8)))
        #expect(damage.description.contains(what), "\(damage)")
        #expect(damage.repaired == Data(Fixtures.receipt.utf8))
        // Another change beside that one is none that a mail program makes.
        let forged = change(Fixtures.receipt.replacing("index 5", with: "index five"))
        #expect(LogProof.damage(of: Data(forged.utf8)) == nil)
    }

    @Test("a receipt in UTF-16 is damaged")
    func inUTF16() throws {
        let encodings: [(mark: [UInt8], String.Encoding)] = [
            ([0xFF, 0xFE], .utf16LittleEndian), ([0xFE, 0xFF], .utf16BigEndian),
        ]
        for (mark, encoding) in encodings {
            let bytes = Data(mark) + (Fixtures.receipt.data(using: encoding) ?? Data())
            #expect(LogProof.damage(of: bytes)?.repaired == Data(Fixtures.receipt.utf8))
        }
    }

    @Test("a witness has a witness's key, and not the log's; one of several keys of the log is enough")
    func keysOfPolicy() throws {
        let (log, witness) = (try VerifierKey(Fixtures.logKey), try VerifierKey(Fixtures.witnessKey))
        let same = try VerifierKey(name: log.name, algorithm: .cosignature, publicKey: log.publicKey)
        for wrong in [log, same] {
            #expect(code { try LogPolicy(log: log, witnesses: [wrong]) } == .unsuitableKey)
        }
        let other = SigningKey(generating: log.name).verifierKey
        let proof = try LogProof(Data(Fixtures.receipt.utf8))
        for logs in [[log, other], [other, log]] {
            _ = try proof.verify(leaf: Self.leaf, policy: LogPolicy(logs: logs, witnesses: [witness]))
        }
        let policy = try LogPolicy(log: other, witnesses: [witness])
        #expect(code { try proof.verify(leaf: Self.leaf, policy: policy) } == .missingSignature)
    }

    @Test("extra data is preserved, and empty extra data is nil")
    func extra() throws {
        let proof = try LogProof(Data(Fixtures.receipt.utf8))
        let more = try LogProof(extra: Data([1, 2, 3]), index: 5, hashes: proof.hashes, note: proof.note)
        #expect(
            more.data == Data(Fixtures.receipt.replacing("index", with: "extra AQID\nindex", maxReplacements: 1).utf8)
        )
        #expect(try LogProof(more.data) == more)
        _ = try more.verify(leaf: Self.leaf, policy: Self.policy())
        #expect(try LogProof(extra: Data(), index: 5, hashes: proof.hashes, note: proof.note) == proof)
    }

    @Test("a receipt for the only leaf of a log has no hashes")
    func singleLeaf() throws {
        let key = try SigningKey(Fixtures.logSecret)
        let note = try key.sign(Checkpoint(origin: key.verifierKey.name, size: 1, root: Self.leaf))
        let proof = try LogProof(LogProof(index: 0, hashes: [], note: note).data)
        #expect(try proof.verify(leaf: Self.leaf, policy: Self.policy(witnesses: [])).index == 0)
    }

    @Test("a changed byte in a receipt is detected")
    func mutations() throws {
        let policy = try Self.policy()
        for mutant in oneByteMutations(Fixtures.receipt) {
            if let proof = try? LogProof(mutant), (try? proof.verify(leaf: Self.leaf, policy: policy)) != nil {
                Issue.record("a mutant holds: \(String(decoding: mutant, as: UTF8.self))")
            }
        }
    }

    @Test("an invalid receipt reports which part is invalid")
    func reasons() throws {
        let proof = try LogProof(Data(Fixtures.receipt.utf8))
        let policy = try Self.policy()
        func reason(
            _ proof: LogProof,
            leaf: TreeHash = Self.leaf,
            _ policy: LogPolicy
        ) -> EvidenceLogError.Code? {
            code { try proof.verify(leaf: leaf, policy: policy) }
        }
        #expect(reason(proof, policy) == nil)
        #expect(reason(proof, leaf: .leaf(TreeHashTests.leaves[4]), policy) == .inclusionNotProven)
        #expect(reason(try LogProof(index: 4, hashes: proof.hashes, note: proof.note), policy) == .inclusionNotProven)
        #expect(reason(try LogProof(index: 8, hashes: proof.hashes, note: proof.note), policy) == .outOfRange)
        #expect(reason(proof, try Self.policy(origin: "example.com/other")) == .wrongOrigin)
        #expect(reason(proof, try Self.policy(witnesses: Fixtures.publicWitnessKeys)) == .missingSignature)
        #expect(reason(proof, try Self.policy(witnesses: [])) == nil)

        let log = try SigningKey(Fixtures.logSecret)
        let checkpoint = try Checkpoint(proof.note)
        let alone = try LogProof(index: 5, hashes: proof.hashes, note: log.sign(checkpoint))
        let error = #expect(throws: EvidenceLogError.self) { try alone.verify(leaf: Self.leaf, policy: policy) }
        #expect(error?.code == .missingSignature)
        #expect(error?.description.contains("witness.example/w1+20324abe") == true)

        let witness = try CosigningKey(Fixtures.witnessSecret).cosign(checkpoint, timestamp: 1)
        let unsigned = try SignedNote(text: checkpoint.text, signatures: [witness])
        #expect(reason(try LogProof(index: 5, hashes: proof.hashes, note: unsigned), policy) == .missingSignature)

        let forged = try unsigned.adding(NoteSignature(line: "— example.com/log 1FXFIQAA"))
        #expect(reason(try LogProof(index: 5, hashes: proof.hashes, note: forged), policy) == .invalidSignature)

        let letter = try log.sign("not a checkpoint\n")
        #expect(
            reason(try LogProof(index: 5, hashes: [], note: letter), try Self.policy(witnesses: []))
                == .malformedCheckpoint
        )
        #expect(code { try LogPolicy(log: VerifierKey(Fixtures.witnessKey)) } == .unsuitableKey)
    }

    static let hash = "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n"
    static let header = "c2sp.org/tlog-proof@v1\n"
    static let note = "\na\n\n— x AAAAAAE=\n"
    static let malformed: [(String, EvidenceLogError.Code, Int?)] = [
        ("", .malformedProof, 1), ("\n", .malformedProof, 1), (String(header.dropLast()), .malformedProof, 1),
        (header, .malformedProof, 2), (header + "index 0\n", .malformedProof, 3),
        (header + "index 0\n" + hash, .malformedProof, 4), (header + "index 0\n\n", .malformedNote, nil),
        (header + "index 0\n" + hash + "a\n", .malformedProof, 4),
        ("c2sp.org/tlog-proof@v2\nindex 0\n" + note, .malformedProof, 1),
        ("c2sp.org/tlog-proof@v1 \nindex 0\n" + note, .malformedProof, 1),
        ("\n" + header + "index 0\n" + note, .malformedProof, 1), (header + note, .malformedProof, 2),
        (header + "index\n" + note, .malformedProof, 2), (header + "index \n" + note, .malformedProof, 2),
        (header + "index -1\n" + note, .malformedProof, 2), (header + "index +1\n" + note, .malformedProof, 2),
        (header + "index 01\n" + note, .malformedProof, 2), (header + "index  1\n" + note, .malformedProof, 2),
        (header + "index 1 \n" + note, .malformedProof, 2), (header + "index 1\r\n" + note, .malformedProof, 2),
        (header + "index 9223372036854775808\n" + note, .malformedProof, 2),
        (header + "Index 1\n" + note, .malformedProof, 2), (header + "extra AQID\n" + note, .malformedProof, 3),
        (header + "extra \nindex 1\n" + note, .malformedProof, 2),
        (header + "extra AQI\nindex 1\n" + note, .malformedProof, 2),
        (header + "extra AQID\nextra AQID\nindex 1\n" + note, .malformedProof, 3),
        (header + "index 1\nextra AQID\n" + note, .malformedProof, 3),
        (header + "index 1\nAAAA\n" + note, .malformedProof, 3),
        (header + "index 1\n" + hash + " \n" + note, .malformedProof, 4),
        (header + "index 1\n" + String(repeating: hash, count: 64) + note, .malformedProof, 66),
        (header + "index 1\n\na\n", .malformedNote, nil),
    ]

    @Test("a malformed receipt is rejected with the line or offset of the error", arguments: malformed)
    func refusals(text: String, code: EvidenceLogError.Code, line: Int?) {
        let error = #expect(throws: EvidenceLogError.self) { try LogProof(Data(text.utf8)) }
        #expect(error?.code == code)
        if code == .malformedProof { #expect(error?.line == line) }
    }

    @Test("a receipt that is too large or has invalid parts is rejected")
    func limits() throws {
        let note = try LogProof(Data(Fixtures.receipt.utf8)).note
        #expect(code { try LogProof(Data(count: 2 << 20 + 1)) } == .malformedProof)
        #expect(code { try LogProof(index: -1, hashes: [], note: note) } == .malformedProof)
        #expect(code { try LogProof(index: .min, hashes: [], note: note) } == .malformedProof)
        #expect(
            code { try LogProof(index: 0, hashes: Array(repeating: .empty, count: 64), note: note) } == .malformedProof
        )
        #expect(code { try LogProof(extra: Data(count: 2 << 20), index: 0, hashes: [], note: note) } == .malformedProof)
    }
}
