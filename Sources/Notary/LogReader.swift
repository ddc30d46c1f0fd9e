import EvidenceLog
import Foundation
import Store

/// The audit's one pass over the leaves: rebuilds the tree beside the stored one and compares as it goes.
struct LogReader {
    let store: Store
    let log: VerifierKey
    private(set) var findings = Audit.Findings()

    private var heads: HeadReader
    private var tree = TileBuilder()
    private var intents = OpenIntents()
    private var firstPayload: Int64?
    private var lastDropped: Int64?
    private var purgedBefore: Int64 = 0
    private var filled: [Tile] = []
    private var tileRows = 0
    /// The log's size when the pass began. Runs may append meanwhile; what they add is for the next audit.
    private var size: Int64 = 0

    private static let page = 4_096

    init(store: Store, log: VerifierKey, directory: CheckpointDirectory?) {
        self.store = store
        self.log = log
        self.heads = HeadReader(store: store, log: log, directory: directory)
    }

    // MARK: - Leaf by leaf

    mutating func readLeaves(_ progress: (Int) -> Void) async throws {
        // In this order: a file is written after its head is stored, and a head is stored after its leaves.
        try await heads.begin(&findings)
        size = try await store.evidenceSize()
        var next: Int64 = 0
        while next < size {
            let page = try await store.auditedLeaves(from: next, limit: min(Self.page, Int(size - next)))
            guard !page.isEmpty else { break }
            for leaf in page {
                guard leaf.index == next else {
                    findings.add(
                        leaf.index < next
                            ? "leaf \(leaf.index) is there twice"
                            : "leaf \(next) is missing; the next one has index \(leaf.index)"
                    )
                    // Every hash above would differ from here on: one finding is enough.
                    return
                }
                try await read(leaf)
                next += 1
            }
            try await compareFilled()
            findings.leaves = Int(next)
            progress(findings.leaves)
        }
    }

    private mutating func read(_ leaf: AuditedLeaf) async throws {
        if let payload = leaf.payload {
            firstPayload = firstPayload ?? leaf.index
            if TreeHash.leaf(payload).data != leaf.hash {
                findings.add("leaf \(leaf.index): its payload does not have the stored hash")
            }
            check(payload, of: leaf)
        } else {
            findings.pruned += 1
            lastDropped = leaf.index
            if let firstPayload {
                findings.add("leaf \(leaf.index) has lost its payload, and leaf \(firstPayload) before it has not")
                self.firstPayload = nil
            }
        }
        // What counts is what the payload hashes to; the stored hash stands in only where the payload is gone.
        let hash = leaf.payload.map { TreeHash.leaf($0) } ?? TreeHash(leaf.hash)
        guard let hash else {
            findings.add("leaf \(leaf.index): its stored hash is not 32 bytes")
            return
        }
        filled += tree.append(hash)
        try await heads.compare(tree.size, root: tree.root, &findings)
    }

    private mutating func check(_ payload: Data, of leaf: AuditedLeaf) {
        guard let fields = LeafFields(payload) else {
            findings.add("leaf \(leaf.index) is not the JSON object that a leaf is")
            return
        }
        if fields.index != leaf.index { findings.add("leaf \(leaf.index) says that it is leaf \(fields.index)") }
        if fields.request != leaf.request {
            findings.add("leaf \(leaf.index) is filed under another request than it names")
        }
        if fields.event == "purged", let before = fields.before { purgedBefore = max(purgedBefore, before) }
        if let problem = intents.read(fields), findings.pruned == 0 {
            findings.add("leaf \(leaf.index): \(problem)")
        }
    }

    // MARK: - Tiles

    private mutating func compareFilled() async throws {
        guard !filled.isEmpty else { return }
        try await compare(filled)
        filled = []
    }

    /// Compares the stored rows at these places, of whatever width, with what the leaves give.
    private mutating func compare(_ tiles: [Tile]) async throws {
        let stored = try await store.tiles(
            at: tiles.map { ($0.coordinate.level, Int64($0.coordinate.index)) },
            under: size
        )
        tileRows += stored.count
        for tile in tiles {
            let rows = stored.filter { $0.level == tile.coordinate.level && $0.index == Int64(tile.coordinate.index) }
            for row in rows where !tile.bytes.starts(with: row.hashes) {
                findings.add(
                    "the stored tile \(tile.coordinate.path) of width \(row.width) is not what the leaves give"
                )
            }
            if isSigned(tile), !rows.contains(where: { $0.width == tile.coordinate.width }) {
                findings.add("the tile \(tile.coordinate.path) is missing")
            }
        }
    }

    /// Whether a signed head covers the whole tile, so that it must be stored.
    private func isSigned(_ tile: Tile) -> Bool {
        var leaves = tile.coordinate.width
        var before = tile.coordinate.index * TileLayout.width
        for _ in 0..<tile.coordinate.level {
            leaves *= TileLayout.width
            before *= TileLayout.width
        }
        return before + leaves <= heads.largest
    }

    // MARK: - The end

    mutating func finish() async throws {
        if size != Int64(findings.leaves) {
            findings.add("the log's head says \(size) leaves, and \(findings.leaves) follow one another without a gap")
        }
        try await compareFilled()
        try await compare(tree.partialTiles)
        let stored = try await store.tileCounts(under: size)
        let strange = stored.under - tileRows + stored.pastTheEnd
        if strange != 0 { findings.add("\(strange) stored tiles belong to no leaf") }
        heads.finish(leaves: findings.leaves, &findings)
        findings.unsigned = findings.leaves - min(findings.leaves, heads.largest)
        if let lastDropped, lastDropped >= purgedBefore {
            findings.add("leaf \(lastDropped) has lost its payload, and no leaf says that it was dropped")
        }
        for orphan in try await store.orphanedPayloads(limit: 100) {
            findings.add("there is a payload for leaf \(orphan), and no such leaf")
        }
        for (intent, calls) in intents.remaining {
            let sent = calls.isEmpty ? "" : ", with \(calls.joined(separator: " and ")) announced"
            findings.open.append("request \(intent.request), claim \(intent.claim)\(sent)")
        }
        try await compareRequests()
    }

    private mutating func compareRequests() async throws {
        var last: Int64 = 0
        while true {
            let page = try await store.discrepancies(after: last, limit: 1_000)
            guard let end = page.last else { return }
            for found in page {
                let leaf = found.leaf.map { "its last leaf says \($0)" } ?? "no leaf says so"
                findings.add("the row of request \(found.request) says \(found.row), and \(leaf)")
            }
            last = end.request
        }
    }
}
