import EvidenceLog
import Foundation
import Store

/// The audit's single pass over the log entries: rebuilds the tree and compares it with the stored one.
struct LogReader {
    private let store: Store
    private(set) var findings = Audit.Findings()

    private var checkpoints: CheckpointReader
    private var breaks: BreakReader
    private var tree = TileBuilder()
    private var intents = OpenIntents()
    private var firstPayload: Int64?
    private var lastDropped: Int64?
    private var purgedBefore: Int64 = 0
    private var lastWritten: Date?
    private var filled: [Tile] = []
    private var tileRows = 0
    /// The log's size when the audit began. Entries that runs append meanwhile are left to the next audit.
    private var size: Int64 = 0

    private static let page = 4_096

    init(store: Store, keys: LogKeys, directory: CheckpointDirectory?) {
        self.store = store
        self.checkpoints = CheckpointReader(store: store, keys: keys, directory: directory)
        self.breaks = BreakReader(store: store, directory: directory)
    }

    // MARK: - Entries

    mutating func readLeaves(_ progress: (Int) -> Void) async throws {
        // Files first, then stored checkpoints, then the size: each is written after what it refers to.
        try await checkpoints.begin(&findings)
        size = try await store.evidenceSize()
        var next: Int64 = 0
        while next < size {
            let page = try await store.auditedLeaves(from: next, limit: min(Self.page, Int(size - next)))
            guard !page.isEmpty else { break }
            for leaf in page {
                guard leaf.index == next else {
                    findings.add(
                        leaf.index < next
                            ? "log entry \(leaf.index) exists twice"
                            : "log entry \(next) is missing; the next one has index \(leaf.index)"
                    )
                    // From here on every hash would differ: one finding is enough.
                    findings.entries = Int(next)
                    return
                }
                try await read(leaf)
                next += 1
            }
            try await compareFilled()
            findings.entries = Int(next)
            progress(findings.entries)
        }
    }

    private mutating func read(_ leaf: AuditedLeaf) async throws {
        if let payload = leaf.payload {
            firstPayload = firstPayload ?? leaf.index
            if TreeHash.leaf(payload).data != leaf.hash {
                findings.add("log entry \(leaf.index): its content does not match the stored hash")
            }
            check(payload, of: leaf)
        } else {
            findings.pruned += 1
            lastDropped = leaf.index
            if leaf.event == "adopted" { breaks.readPruned() }
            if let firstPayload {
                findings.add(
                    "log entry \(leaf.index) has lost its content, but the earlier entry \(firstPayload) has not"
                )
                self.firstPayload = nil
            }
        }
        // The columns stay when the payload is dropped, so that claims are followed through a log that was pruned.
        if let problem = intents.read(leaf) { findings.add("log entry \(leaf.index): \(problem)") }
        if let lastWritten, leaf.writtenAt < lastWritten {
            findings.add("log entry \(leaf.index) was written before the entry in front of it")
        }
        lastWritten = leaf.writtenAt
        // The stored hash is used only if the payload was dropped; otherwise the payload is hashed.
        let hash = leaf.payload.map { TreeHash.leaf($0) } ?? TreeHash(leaf.hash)
        guard let hash else {
            findings.add("log entry \(leaf.index): its stored hash is not 32 bytes")
            return
        }
        filled += tree.append(hash)
        try await checkpoints.compare(tree.size, root: tree.root, &findings)
    }

    private mutating func check(_ payload: Data, of leaf: AuditedLeaf) {
        guard let fields = LeafFields(payload) else {
            findings.add("log entry \(leaf.index) does not have the format of a log entry")
            return
        }
        if fields.index != leaf.index { findings.add("log entry \(leaf.index) contains the index \(fields.index)") }
        for column in fields.mismatches(with: leaf) {
            findings.add("log entry \(leaf.index) is stored under another \(column) than it contains")
        }
        if fields.event == "adopted" { breaks.read(fields, payload, &findings) }
        if fields.event == "key_replaced" {
            findings.adopted.append("log entry \(leaf.index): the log's key was replaced")
        }
        if fields.event == "purged", let before = fields.before { purgedBefore = max(purgedBefore, before) }
        if let problem = LeafFields.problem(of: payload) { findings.add("log entry \(leaf.index) \(problem)") }
    }

    // MARK: - Tiles

    private mutating func compareFilled() async throws {
        guard !filled.isEmpty else { return }
        try await compare(filled)
        filled = []
    }

    private mutating func compareLastTiles() async throws {
        try await compareFilled()
        try await compare(tree.partialTiles)
        let stored = try await store.tileCounts(under: size)
        let surplus = stored.under - tileRows + stored.pastTheEnd
        guard surplus != 0 else { return }
        findings.add("\(surplus) stored \(surplus == 1 ? "tile belongs" : "tiles belong") to no log entry")
    }

    /// Compares the stored tiles at these positions, of any width, with those computed from the log entries.
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
                    "the stored tile \(tile.coordinate.path) of width \(row.width) does not match the log entries"
                )
            }
            if isSigned(tile), !rows.contains(where: { $0.width == tile.coordinate.width }) {
                findings.add("the tile \(tile.coordinate.path) is missing")
            }
        }
    }

    /// Whether a signed checkpoint covers the whole tile, so that it must be stored.
    private func isSigned(_ tile: Tile) -> Bool {
        var leaves = tile.coordinate.width
        var before = tile.coordinate.index * TileLayout.width
        for _ in 0..<tile.coordinate.level {
            leaves *= TileLayout.width
            before *= TileLayout.width
        }
        return before + leaves <= checkpoints.largest
    }

    // MARK: - The end

    mutating func finish() async throws {
        if size == Int64(findings.entries) {
            try await compareLastTiles()
        } else {
            // The tiles of a log with a gap cannot be computed.
            findings.add("the recorded size is \(size) log entries, but only \(findings.entries) exist without a gap")
        }
        checkpoints.finish(entries: findings.entries, &findings)
        try await breaks.finish(&findings)
        findings.unsigned = findings.entries - min(findings.entries, checkpoints.largest)
        if let lastDropped, lastDropped >= purgedBefore {
            findings.add("log entry \(lastDropped) has lost its content, but no log entry records that it was dropped")
        }
        for orphan in try await store.orphanedPayloads(limit: 100) {
            findings.add("the content of log entry \(orphan) exists, but the entry does not")
        }
        for (intent, calls) in intents.remaining {
            let sent = calls.isEmpty ? "" : ", with \(calls.joined(separator: " and ")) announced"
            findings.open.append("request \(intent.request), claim \(intent.claim)\(sent)")
        }
        try await compareRows()
    }

    /// Compares the tables with the entries, both ways.
    private mutating func compareRows() async throws {
        try await compareRequests()
        try await compareAll("request") { [store] in try await store.auditedRequests(after: $0, limit: $1) }
        try await compareAll("run") { [store] in try await store.auditedRuns(after: $0, limit: $1) }
        for lost in try await store.lostRequests(limit: 1_000) {
            findings.add("request \(lost.request) does not exist, but the log has entries about it: \(lost.entries)")
        }
        for found in try await store.holdProblems() { findings.add("hold \(found.hold): \(found.problem)") }
    }

    private mutating func compareAll(
        _ what: String,
        _ read: (Int64, Int) async throws -> [AuditedRow]
    ) async throws {
        var last: Int64 = 0
        while true {
            let page = try await read(last, 100)
            guard let end = page.last else { return }
            for row in page { for problem in row.problems { findings.add("\(what) \(row.id): \(problem)") } }
            last = end.id
        }
    }

    private mutating func compareRequests() async throws {
        var last: Int64 = 0
        while true {
            let page = try await store.discrepancies(after: last, limit: 1_000)
            guard let end = page.last else { return }
            for found in page {
                let logged = found.leaf.map { "its last log entry says \($0)" } ?? "no log entry says so"
                findings.add("the row of request \(found.request) says \(found.row), but \(logged)")
            }
            last = end.request
        }
    }
}
