import EvidenceLog
import Foundation
public import Store

/// Writes the log as files in the layout that transparency log tools read (C2SP tlog-tiles): `checkpoint`,
/// `tile/<level>/<index>` and `tile/entries/<index>`.
public struct LogExport: Sendable {
    let store: Store

    /// An export of the log in this database.
    public init(store: Store) {
        self.store = store
    }

    /// Counts of what was written.
    public struct Written: Sendable {
        /// The size of the checkpoint, the number of hash files, and the number of entry files.
        public var size = 0, tiles = 0, bundles = 0
        /// The number of entry files that were left out because payloads of their entries were dropped.
        public var prunedBundles = 0
    }

    /// Writes everything under the last signed checkpoint.
    ///
    /// A tile or a file of entries that is not full is written in the width of every signed checkpoint, so that a reader
    /// with an older checkpoint finds what it needs.
    ///
    /// - Throws: ``NotaryError`` `.notFound` if no checkpoint was signed yet, `.file` if a file cannot be written.
    public func write(to folder: String) async throws -> Written {
        guard let checkpoint = try await store.lastCheckpoint() else {
            throw NotaryError(.notFound, "no checkpoint was signed yet; 'dsr evidence checkpoint' signs one")
        }
        var written = Written(size: Int(checkpoint.size))
        let partial = try await partialTiles(under: written.size)
        let full = TileLayout.tiles(grownFrom: 0, to: written.size).lazy.filter(\.isFull)
        for coordinates in full.chunks(of: 64) { try await writeTiles(coordinates, to: folder, &written) }
        for coordinates in partial.chunks(of: 64) { try await writeTiles(coordinates, to: folder, &written) }
        try await writeEntries(to: folder, lastWidths: partial.filter { $0.level == 0 }.map(\.width), &written)
        try put(Data(checkpoint.note.utf8), at: "checkpoint", under: folder)
        return written
    }

    /// The partial tiles of all signed sizes, without those whose full tile exists.
    private func partialTiles(under size: Int) async throws -> [TileCoordinate] {
        let last = Dictionary(uniqueKeysWithValues: TileLayout.partialTiles(size: size).map { ($0.level, $0.index) })
        var found: Set<TileCoordinate> = []
        var after: Int64 = 0
        while true {
            let page = try await store.checkpoints(after: after, limit: 1_024)
            guard let end = page.last else { return found.sorted() }
            for checkpoint in page where checkpoint.size <= size {
                found.formUnion(
                    TileLayout.partialTiles(size: Int(checkpoint.size)).filter { last[$0.level] == $0.index }
                )
            }
            after = end.size
        }
    }

    private func writeTiles(_ coordinates: [TileCoordinate], to folder: String, _ written: inout Written) async throws {
        for tile in try await store.evidenceTiles(coordinates) {
            try put(tile.bytes, at: tile.coordinate.path, under: folder)
            written.tiles += 1
        }
    }

    /// - Parameter lastWidths: The widths in which the last, partial file is written.
    private func writeEntries(to folder: String, lastWidths: [Int], _ written: inout Written) async throws {
        for start in stride(from: 0, to: written.size, by: TileLayout.width) {
            let width = min(TileLayout.width, written.size - start)
            let leaves = try await store.auditedLeaves(from: Int64(start), limit: width)
            let payloads = leaves.compactMap(\.payload)
            guard payloads.count == width else {
                written.prunedBundles += 1
                continue
            }
            for width in width < TileLayout.width ? lastWidths : [width] {
                let path = try TileCoordinate(level: 0, index: start / TileLayout.width, width: width).path
                try put(
                    try Self.bundle(payloads.prefix(width)),
                    at: "tile/entries/" + path.dropFirst("tile/0/".count),
                    under: folder
                )
                written.bundles += 1
            }
        }
    }

    private static func bundle(_ payloads: some Sequence<Data>) throws -> Data {
        var bundle = Data()
        for payload in payloads {
            guard let count = UInt16(exactly: payload.count) else {
                throw NotaryError(.inconsistent, "a log entry has more than 65,535 bytes, which no export can hold")
            }
            withUnsafeBytes(of: count.bigEndian) { bundle.append(contentsOf: $0) }
            bundle.append(payload)
        }
        return bundle
    }

    private func put(_ content: Data, at path: String, under folder: String) throws {
        try publish(content, to: "\(folder)/\(path)", replacing: true, as: "the file \(path) of the export")
    }
}

extension Sequence {
    fileprivate func chunks(of count: Int) -> some Sequence<[Element]> {
        sequence(state: makeIterator()) { iterator in
            var chunk: [Element] = []
            while chunk.count < count, let element = iterator.next() { chunk.append(element) }
            return chunk.isEmpty ? nil : chunk
        }
    }
}
