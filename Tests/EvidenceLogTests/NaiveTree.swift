import Crypto
import EvidenceLog
import Foundation

/// The definitions of RFC 6962, section 2.1, implemented literally: recursive, over all leaves, with separate hashing. The
/// module's optimised algorithms are compared with it.
///
/// It caches results and is not shared between tests.
final class NaiveTree {
    let leaves: [TreeHash]
    private var known: [Range<Int>: TreeHash] = [:]

    init(_ leaves: [TreeHash]) {
        self.leaves = leaves
    }

    /// A tree of `count` different leaves.
    convenience init(count: Int) {
        self.init((0..<count).map { Self.leaf(Data("leaf \($0)".utf8)) })
    }

    /// MTH(D[range]).
    func root(_ range: Range<Int>) -> TreeHash {
        if range.isEmpty { return Self.hash(Data()) }
        if range.count == 1 { return leaves[range.lowerBound] }
        if let root = known[range] { return root }
        let middle = range.lowerBound + Self.split(range.count)
        let root = Self.node(root(range.lowerBound..<middle), root(middle..<range.upperBound))
        known[range] = root
        return root
    }

    /// PATH(m, D[range]).
    func path(_ m: Int, _ range: Range<Int>) -> [TreeHash] {
        if range.count == 1 { return [] }
        let k = Self.split(range.count)
        let middle = range.lowerBound + k
        return m < k
            ? path(m, range.lowerBound..<middle) + [root(middle..<range.upperBound)]
            : path(m - k, middle..<range.upperBound) + [root(range.lowerBound..<middle)]
    }

    /// SUBPROOF(m, D[range], b).
    func subproof(_ m: Int, _ range: Range<Int>, _ b: Bool) -> [TreeHash] {
        if m == range.count { return b ? [] : [root(range)] }
        let k = Self.split(range.count)
        let middle = range.lowerBound + k
        return m <= k
            ? subproof(m, range.lowerBound..<middle, b) + [root(middle..<range.upperBound)]
            : subproof(m - k, middle..<range.upperBound, false) + [root(range.lowerBound..<middle)]
    }

    static func leaf(_ content: Data) -> TreeHash { hash(Data([0]) + content) }
    static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash { hash(Data([1]) + left.data + right.data) }

    static func split(_ n: Int) -> Int {
        var k = 1
        while k * 2 < n { k *= 2 }
        return k
    }

    private static func hash(_ data: Data) -> TreeHash {
        guard let hash = TreeHash(Data(SHA256.hash(data: data))) else { preconditionFailure("SHA-256 has 32 bytes") }
        return hash
    }
}

extension TreeHash {
    /// The hash with one bit flipped.
    func flipped(bit: Int) -> TreeHash {
        var bytes = [UInt8](data)
        bytes[bit / 8 % 32] ^= 1 << UInt8(bit % 8)
        guard let hash = TreeHash(bytes) else { preconditionFailure("the number of bytes has not changed") }
        return hash
    }

    /// The hexadecimal digits, as in published test vectors.
    var hex: String {
        data.map { String(format: "%02x", $0) }.joined()
    }

    /// A made-up leaf hash, which avoids the cost of hashing.
    static func cheap(_ number: Int) -> TreeHash {
        let bytes = withUnsafeBytes(of: number.littleEndian) { Array($0) }
        guard let hash = TreeHash(bytes + [UInt8](repeating: 0xA5, count: 24)) else {
            preconditionFailure("an Int has eight bytes")
        }
        return hash
    }
}

/// Invalid variants of a proof's hashes: a flipped bit in each hash, each hash removed, an extra hash at each end.
func spoiled(_ hashes: [TreeHash]) -> [[TreeHash]] {
    var variants: [[TreeHash]] = []
    for position in hashes.indices {
        var flipped = hashes
        flipped[position] = hashes[position].flipped(bit: position * 37)
        variants.append(flipped)
        var dropped = hashes
        dropped.remove(at: position)
        variants.append(dropped)
    }
    variants.append(hashes + [.empty])
    variants.append([.empty] + hashes)
    if let last = hashes.last { variants.append(hashes + [last]) }
    return variants
}

/// Whether a check does not throw.
func holds(_ check: () throws -> Void) -> Bool {
    do {
        try check()
        return true
    } catch {
        return false
    }
}

/// The code of the error that a call throws; nil if it throws none.
func code(_ call: () throws -> some Any) -> EvidenceLogError.Code? {
    do {
        _ = try call()
        return nil
    } catch {
        return (error as? EvidenceLogError)?.code
    }
}

/// A random number generator with the same sequence in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // SplitMix64
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
