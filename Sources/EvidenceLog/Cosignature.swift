import Foundation

/// The content of a witness's signature: a time, and an Ed25519 signature over the time and the checkpoint
/// (c2sp.org/tlog-cosignature).
struct Cosignature {
    /// Seconds since 1970 UTC, not negative.
    let timestamp: Int
    /// 64 bytes.
    let signature: Data

    init(timestamp: Int, signature: Data) {
        self.timestamp = timestamp
        self.signature = signature
    }

    /// Parses 8 bytes of timestamp, most significant first, and the signature; nil if the time exceeds 63 bits.
    init?(_ bytes: Data) {
        guard bytes.count == 8 + 64,
            let timestamp = Int(exactly: bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        else { return nil }
        self.timestamp = timestamp
        signature = Data(bytes.dropFirst(8))
    }

    var bytes: Data {
        withUnsafeBytes(of: UInt64(timestamp).bigEndian) { Data($0) } + signature
    }

    /// The bytes that are signed.
    static func message(text: Data, timestamp: Int) -> Data {
        Data("cosignature/v1\ntime \(timestamp)\n".utf8) + text
    }
}
