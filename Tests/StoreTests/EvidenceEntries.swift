import Crypto
import Foundation
import Testing

/// A leaf's payload, read back.
struct EvidenceEntry: Decodable, Sendable, Equatable {
    struct Document: Decodable, Sendable, Equatable {
        let name: String, sha256: String
    }

    let index: Int64
    let time: String, event: String
    let request: Int64?, claim: Int?, calls: Int?, run: Int64?
    let right: String?, outcome: String?, waitingFor: String?, ticket: String?, subject: String?
    let environment: String?, version: String?, actor: String?
    let remains: [String]?, attributes: [String]?
    let reports: [Document]?
}

extension Database {
    /// The payloads of all leaves, or of one request's, in their order.
    func entries(of request: Int64? = nil) async throws -> [EvidenceEntry] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try await texts(
            """
            select convert_from(p.payload, 'UTF8') from dsr.evidence_payloads p join dsr.evidence_leaves l using (index)
            where $1::bigint is null or l.request_id = $1
            order by l.index
            """,
            request
        ).map { try decoder.decode(EvidenceEntry.self, from: Data(($0 ?? "").utf8)) }
    }

    /// The events of one request, in their order.
    func events(of request: Int64) async throws -> [String] {
        try await entries(of: request).map(\.event)
    }

    /// How many leaves there are.
    func logSize() async throws -> Int {
        try #require(try await number("select count(*) from dsr.evidence_leaves"))
    }

    /// Expects the log to be gapless from 0, its head to be true, and every hash to be its payload's.
    func expectSoundEvidence(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let rows = try await texts(
            """
            select l.index || ' ' || encode(l.leaf_hash, 'hex') || ' ' || encode(p.payload, 'hex')
            from dsr.evidence_leaves l left join dsr.evidence_payloads p using (index) order by l.index
            """
        )
        for (place, row) in rows.enumerated() {
            let parts = (row ?? "").split(separator: " ")
            try #require(parts.count == 3, "leaf \(place) has no payload", sourceLocation: sourceLocation)
            #expect(Int(parts[0]) == place, sourceLocation: sourceLocation)
            let payload = try #require(Data(hex: parts[2]))
            let hash = SHA256.hash(data: Data([0]) + payload)
            #expect(Data(hash) == Data(hex: parts[1]), "the hash of leaf \(place)", sourceLocation: sourceLocation)
        }
        #expect(try await number("select size from dsr.evidence_head") == rows.count, sourceLocation: sourceLocation)
    }
}

extension Data {
    /// Bytes from their hexadecimal digits.
    init?(hex: some StringProtocol) {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
        self.init(stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
    }
}
