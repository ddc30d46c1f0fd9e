import Crypto
import EvidenceLog
import Foundation
import Testing

@Suite("Keys")
struct KeyTests {
    @Test(
        "published keys are parsed and written back",
        arguments: [
            Fixtures.fooKey, Fixtures.peterKey, Fixtures.enochKey, Fixtures.logKey, Fixtures.publicLogKey,
        ] + Fixtures.publicWitnessKeys
    )
    func knownKeys(text: String) throws {
        let key = try VerifierKey(text)
        #expect(key.description == text)
        #expect(text.contains("+\(key.id)+"))
        #expect(try VerifierKey(name: key.name, algorithm: key.algorithm, publicKey: key.publicKey) == key)
        #expect(KeyID(name: key.name, algorithm: key.algorithm, publicKey: key.publicKey) == key.id)
    }

    @Test("the ID of a key depends on its algorithm")
    func keyID() throws {
        let key = try VerifierKey(Fixtures.peterKey)
        #expect(key.id.rawValue == 0xc74f_20a3)
        let witness = try VerifierKey(name: key.name, algorithm: .cosignature, publicKey: key.publicKey)
        #expect(witness.id != key.id)
        #expect(witness != key)
        #expect(KeyID(rawValue: 0x0000_00af).description == "000000af")
    }

    @Test(
        "a changed byte in a public key's text is detected",
        arguments: [Fixtures.peterKey, Fixtures.logKey, Fixtures.witnessKey]
    )
    func mutations(text: String) {
        for mutant in oneByteMutations(text) {
            #expect(code { try VerifierKey(String(decoding: mutant, as: UTF8.self)) } == .malformedKey)
        }
    }

    @Test(
        "a malformed public key is rejected",
        arguments: [
            "", "+", "++", "a", "a+b", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+0c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+", "PeterNeumann+c74f20a3+AQ==",
            "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            Fixtures.peterKey + "\n", " " + Fixtures.peterKey, Fixtures.peterSecret,
        ]
    )
    func refusals(text: String) {
        #expect(code { try VerifierKey(text) } == .malformedKey)
    }

    @Test(
        "an empty name, or one with a space, a control character or a plus sign, is rejected",
        arguments: [
            "", " ", "a b", "a+b", "a\u{2003}b", "a\n", "\t", "a\0", "\u{85}", "\u{3000}x",
        ]
    )
    func names(name: String) {
        #expect(code { try KeyName(name) } == .malformedKey)
    }

    @Test("a key of the wrong length is rejected")
    func length() throws {
        let name = try KeyName("a")
        for count in [0, 31, 33, 64] {
            #expect(
                code { try VerifierKey(name: name, algorithm: .ed25519, publicKey: Data(count: count)) }
                    == .malformedKey
            )
        }
    }

    @Test("a private key from Go signs what its public key verifies, and is written back unchanged")
    func signing() throws {
        let key = try SigningKey(Fixtures.peterSecret)
        #expect(key.secretText == Fixtures.peterSecret)
        #expect(key.verifierKey.description == Fixtures.peterKey)
        let note = try key.sign(Fixtures.goText)
        #expect(try note.verify(with: [VerifierKey(Fixtures.peterKey)]).map(\.key) == [key.verifierKey])
        #expect(code { try key.sign("no newline") } == .malformedNote)
    }

    @Test("every generated key is different, and can be written and parsed")
    func generating() throws {
        let name = try KeyName("example.com/new")
        let (one, two) = (SigningKey(generating: name), SigningKey(generating: name))
        #expect(one.verifierKey != two.verifierKey)
        let read = try SigningKey(one.secretText)
        #expect(read.verifierKey == one.verifierKey)
        #expect(try read.sign("a\n").verify(with: [one.verifierKey]).count == 1)
        let witness = CosigningKey(generating: name)
        #expect(try CosigningKey(witness.secretText).verifierKey == witness.verifierKey)
        #expect(witness.verifierKey.algorithm == .cosignature)
    }

    @Test("a changed byte in a private key's text is detected, and a log's key is not a witness's key")
    func secretMutations() {
        for mutant in oneByteMutations(Fixtures.peterSecret) {
            #expect(throws: EvidenceLogError.self) { try SigningKey(String(decoding: mutant, as: UTF8.self)) }
        }
        #expect(code { try SigningKey(Fixtures.witnessSecret) } == .unsuitableKey)
        #expect(code { try CosigningKey(Fixtures.logSecret) } == .unsuitableKey)
        #expect(code { try SigningKey(Fixtures.peterKey) } == .malformedKey)
    }

    @Test("a secret is not shown by printing, dumping, reflection or errors")
    func secrets() throws {
        let log = try SigningKey(Fixtures.logSecret)
        let witness = try CosigningKey(Fixtures.witnessSecret)
        var shown =
            "\(log) \(witness) \(String(reflecting: log)) \(String(reflecting: witness)) \([log]) \(Optional(witness) as Any)"
        dump(log, to: &shown)
        dump(witness, to: &shown)
        reflect(log, into: &shown)
        reflect(witness, into: &shown)
        for text in [Fixtures.logSecret, Fixtures.witnessSecret] {
            for mutant in oneByteMutations(text) {
                do {
                    _ = try SigningKey(String(decoding: mutant, as: UTF8.self))
                } catch {
                    shown += "\(error) \(String(reflecting: error))"
                }
            }
        }
        #expect(shown.contains("example.com/log"))
        #expect(!shown.contains("PrivateKey"), "a mirror exposes the key")
        for text in [Fixtures.logSecret, Fixtures.witnessSecret] {
            let material = try #require(text.split(separator: "+").last)
            let seed = try #require(Data(base64Encoded: String(material))).dropFirst()
            #expect(!shown.contains(material.prefix(12).dropFirst(2)))
            #expect(!shown.contains(seed.prefix(6).map { String($0) }.joined(separator: ", ")))
            #expect(!shown.contains(seed.prefix(6).map { String(format: "%02x", $0) }.joined()))
        }
    }

    private func reflect(_ value: Any, into text: inout String) {
        for child in Mirror(reflecting: value).children {
            text += "\(child.label ?? "") \(child.value)"
            reflect(child.value, into: &text)
        }
    }
}
