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
    /// - Throws: ``NotaryError`` `.notFound` if no checkpoint was signed yet, `.file` if a file cannot be written.
    public func write(to folder: String) async throws -> Written {
        guard let checkpoint = try await store.lastCheckpoint() else {
            throw NotaryError(.notFound, "no checkpoint was signed yet; 'dsr evidence checkpoint' signs one")
        }
        var written = Written(size: Int(checkpoint.size))
        for coordinates in TileLayout.tiles(grownFrom: 0, to: written.size).chunks(of: 64) {
            for tile in try await store.evidenceTiles(coordinates) {
                try put(tile.bytes, at: tile.coordinate.path, under: folder)
                written.tiles += 1
            }
        }
        try await writeEntries(to: folder, &written)
        try put(Data(checkpoint.note.utf8), at: "checkpoint", under: folder)
        return written
    }

    private func writeEntries(to folder: String, _ written: inout Written) async throws {
        for start in stride(from: 0, to: written.size, by: TileLayout.width) {
            let width = min(TileLayout.width, written.size - start)
            let leaves = try await store.auditedLeaves(from: Int64(start), limit: width)
            let payloads = leaves.compactMap(\.payload).filter { $0.count <= Int(UInt16.max) }
            guard payloads.count == width else {
                written.prunedBundles += 1
                continue
            }
            var bundle = Data()
            for payload in payloads {
                withUnsafeBytes(of: UInt16(payload.count).bigEndian) { bundle.append(contentsOf: $0) }
                bundle.append(payload)
            }
            let path = try TileCoordinate(level: 0, index: start / TileLayout.width, width: width).path
            try put(bundle, at: "tile/entries/" + path.dropFirst("tile/0/".count), under: folder)
            written.bundles += 1
        }
    }

    private func put(_ content: Data, at path: String, under folder: String) throws {
        let file = (folder as NSString).appendingPathComponent(path)
        try publish(content, to: file, replacing: true, as: "the file \(path) of the export")
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
