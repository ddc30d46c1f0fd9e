import EvidenceLog
import Testing

@Suite("Witness")
struct WitnessStateTests {
    let log: SigningKey
    let tree = NaiveTree(count: 40)

    init() throws {
        log = try SigningKey(Fixtures.logSecret)
    }

    private func checkpoint(_ size: Int, _ tree: NaiveTree? = nil) throws -> Checkpoint {
        try Checkpoint(origin: log.verifierKey.name, size: size, root: (tree ?? self.tree).root(0..<size))
    }

    private func state(_ size: Int?) throws -> WitnessState {
        try WitnessState(log: log.verifierKey, latest: size.map { try checkpoint($0) })
    }

    private func proof(_ old: Int, _ new: Int) -> [TreeHash] {
        tree.subproof(old, 0..<new, true)
    }

    @Test("a witness signs a first checkpoint, each consistent larger one, and the same one again")
    func signs() throws {
        for new in [0, 1, 7, 40] {
            let decision = try state(nil).decide(log.sign(checkpoint(new)), oldSize: 0, hashes: [])
            #expect(try decision == .sign(checkpoint(new)))
        }
        for old in 1...40 {
            for new in old...40 {
                let decision = try state(old).decide(log.sign(checkpoint(new)), oldSize: old, hashes: proof(old, new))
                #expect(try decision == .sign(checkpoint(new)))
            }
        }
        #expect(try state(0).decide(log.sign(checkpoint(5)), oldSize: 0, hashes: []) == .sign(checkpoint(5)))
        #expect(try state(0).decide(log.sign(checkpoint(0)), oldSize: 0, hashes: []) == .sign(checkpoint(0)))
    }

    @Test("a forked log is refused, whatever the size of the fork")
    func forks() throws {
        for fork in 0..<20 {
            var leaves = tree.leaves
            leaves[fork] = leaves[fork].flipped(bit: 0)
            let other = NaiveTree(leaves)
            let note = try log.sign(checkpoint(33, other))
            for hashes in [proof(20, 33), other.subproof(20, 0..<33, true), []] {
                let decision = try state(20).decide(note, oldSize: 20, hashes: hashes)
                guard case .refuse(.badProof(let error)) = decision else {
                    Issue.record("the fork at leaf \(fork) was confirmed")
                    continue
                }
                #expect(error.code == .consistencyNotProven)
            }
            let same = try state(20).decide(log.sign(checkpoint(20, other)), oldSize: 20, hashes: [])
            #expect(same == .refuse(.otherRoot(size: 20)))
        }
    }

    @Test("each refusal has its reason and the status of the witness protocol")
    func refusals() throws {
        let new = try log.sign(checkpoint(33))
        #expect(
            try state(20).decide(new, oldSize: 19, hashes: proof(19, 33))
                == .refuse(.otherOldSize(claimed: 19, latest: 20))
        )
        #expect(try state(20).decide(new, oldSize: 0, hashes: []) == .refuse(.otherOldSize(claimed: 0, latest: 20)))
        #expect(try state(nil).decide(new, oldSize: 20, hashes: []) == .refuse(.otherOldSize(claimed: 20, latest: 0)))
        #expect(try state(20).decide(new, oldSize: -1, hashes: []) == .refuse(.shrinking(oldSize: -1, newSize: 33)))
        #expect(try state(20).decide(new, oldSize: .min, hashes: []) == .refuse(.shrinking(oldSize: .min, newSize: 33)))
        #expect(try state(20).decide(new, oldSize: .max, hashes: []) == .refuse(.shrinking(oldSize: .max, newSize: 33)))
        let smaller = try log.sign(checkpoint(10))
        #expect(try state(20).decide(smaller, oldSize: 20, hashes: []) == .refuse(.shrinking(oldSize: 20, newSize: 10)))
        #expect(
            try state(20).decide(smaller, oldSize: 10, hashes: []) == .refuse(.otherOldSize(claimed: 10, latest: 20))
        )

        let other = SigningKey(generating: try KeyName("example.com/other"))
        let foreign = try other.sign(Checkpoint(origin: other.verifierKey.name, size: 1, root: .cheap(1)))
        #expect(try state(nil).decide(foreign, oldSize: 0, hashes: []) == .refuse(.unknownOrigin))

        let impostor = SigningKey(generating: log.verifierKey.name)
        let forged = try impostor.sign(checkpoint(33))
        #expect(try status(state(nil).decide(forged, oldSize: 0, hashes: [])) == 403)
        let line = try #require(smaller.signatures.first)
        let moved = try SignedNote(text: checkpoint(33).text, signatures: [line])
        #expect(try status(state(nil).decide(moved, oldSize: 0, hashes: [])) == 403)
        #expect(try status(state(nil).decide(log.sign("a letter\n"), oldSize: 0, hashes: [])) == 400)
        #expect(try status(state(nil).decide(new, oldSize: 0, hashes: [.empty])) == 422)
        #expect(try status(state(33).decide(new, oldSize: 33, hashes: [.empty])) == 422)

        let all: [(WitnessRefusal, Int)] = [
            (.unknownOrigin, 404), (.shrinking(oldSize: 2, newSize: 1), 400),
            (.otherOldSize(claimed: 1, latest: 2), 409), (.otherRoot(size: 3), 409),
        ]
        for (refusal, status) in all {
            #expect(refusal.httpStatus == status)
            #expect(!refusal.description.isEmpty)
        }
    }

    private func status(_ decision: WitnessDecision) -> Int? {
        if case .refuse(let refusal) = decision { refusal.httpStatus } else { nil }
    }

    @Test("a witness cannot be set up with another witness's key or another log's checkpoint")
    func setup() throws {
        let other = try Checkpoint(origin: KeyName("example.com/other"), size: 1, root: .cheap(1))
        #expect(code { try WitnessState(log: log.verifierKey, latest: other) } == .wrongOrigin)
        #expect(code { try WitnessState(log: VerifierKey(Fixtures.witnessKey), latest: nil) } == .unsuitableKey)
    }
}
