import EvidenceLog
import Foundation
import Testing

@Suite("Cosignatures")
struct CosignatureTests {
    @Test("the checkpoint of a public log verifies with the keys of the log and of its witnesses")
    func publicCheckpoint() throws {
        let note = try Fixtures.note(Fixtures.publicCheckpoint)
        #expect(note.data == Data(Fixtures.publicCheckpoint.utf8))
        let log = try VerifierKey(Fixtures.publicLogKey)
        let witnesses = try Fixtures.publicWitnessKeys.map { try VerifierKey($0) }
        let (checkpoint, signatures) = try LogPolicy(log: log, witnesses: witnesses).verify(note)
        #expect(checkpoint.size == 1_432_088_532)
        #expect(signatures.map(\.key) == [log] + witnesses)
        #expect(signatures.map(\.timestamp) == [nil, 1_779_573_024, 1_779_573_024, 1_779_573_024, 1_779_573_024])
    }

    @Test("a witness's signature is unchanged after it was written and parsed, and has its time")
    func roundTrip() throws {
        let log = try SigningKey(Fixtures.logSecret)
        let witness = try CosigningKey(Fixtures.witnessSecret)
        #expect(witness.verifierKey.description == Fixtures.witnessKey)
        #expect(witness.secretText == Fixtures.witnessSecret)
        let checkpoint = try Checkpoint(
            origin: log.verifierKey.name,
            size: 3,
            root: .cheap(3),
            extensions: ["an extension"]
        )
        for time in [0, 1, 1_700_000_000, Int.max] {
            let signature = try witness.cosign(checkpoint, timestamp: time)
            #expect(signature.bytes.count == 72)
            let note = try log.sign(checkpoint).adding(NoteSignature(line: signature.line))
            let verified = try SignedNote(note.data).verify(with: [log.verifierKey, witness.verifierKey])
            #expect(verified.map(\.timestamp) == [nil, time])
        }
        #expect(code { try witness.cosign(checkpoint, timestamp: -1) } == .outOfRange)
        #expect(code { try witness.cosign(checkpoint, timestamp: .min) } == .outOfRange)
    }

    @Test("a cosignature with a changed time, bytes, text or type is invalid")
    func spoiled() throws {
        let witness = try CosigningKey(Fixtures.witnessSecret)
        let key = witness.verifierKey
        let checkpoint = try Checkpoint(origin: KeyName("example.com/log"), size: 3, root: .cheap(3))
        let other = try Checkpoint(origin: KeyName("example.com/log"), size: 4, root: .cheap(3))
        let text = Data(checkpoint.text.utf8)
        let signature = try witness.cosign(checkpoint, timestamp: 1_700_000_000)
        #expect(key.verify(signature, text: text)?.timestamp == 1_700_000_000)
        #expect(key.verify(signature, text: Data(other.text.utf8)) == nil)

        func line(_ bytes: Data) throws -> NoteSignature {
            let id = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: key.id.rawValue >> $0) }
            return try NoteSignature(line: "— \(key.name) \((Data(id) + bytes).base64EncodedString())")
        }
        #expect(key.verify(try line(signature.bytes), text: text) != nil)
        for position in 0..<72 {
            var bytes = signature.bytes
            bytes[bytes.startIndex + position] ^= 0x01
            #expect(key.verify(try line(bytes), text: text) == nil)
            bytes[bytes.startIndex + position] ^= 0x81
            #expect(key.verify(try line(bytes), text: text) == nil)
        }
        for bytes in [signature.bytes.dropFirst(8), signature.bytes + [0], signature.bytes.dropLast(), Data([1])] {
            #expect(key.verify(try line(Data(bytes)), text: text) == nil)
        }
        // The same Ed25519 key with the other type does not verify it.
        let plain = try VerifierKey(name: key.name, algorithm: .ed25519, publicKey: key.publicKey)
        #expect(plain.verify(signature, text: text) == nil)
    }
}
