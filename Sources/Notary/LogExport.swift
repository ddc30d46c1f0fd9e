import AtomicFiles
import EvidenceLog
import Foundation
public import Store

/// Writes the log as files in the layout that transparency log tools read (C2SP tlog-tiles): `checkpoint`,
/// `tile/<level>/<index>` and `tile/entries/<index>`.
public struct LogExport: Sendable {
    let store: Store

    /// An export of the log in that database.
    public init(store: Store) {
        self.store = store
    }

    /// What was written.
    public struct Written: Sendable {
        /// The size of the head, the files of hashes, the files of entries.
        public var size = 0, tiles = 0, bundles = 0
        /// Files of entries that could not be written, since payloads of them were dropped.
        public var prunedBundles = 0
    }

    /// Writes everything under the last signed head.
    public func write(to folder: String) async throws(NotaryError) -> Written {
        do {
            guard let head = try await store.lastCheckpoint() else {
                throw NotaryError(.notThere, "no head was signed yet; 'dsr evidence checkpoint' signs one")
            }
            var written = Written(size: Int(head.size))
            for coordinates in TileLayout.tiles(grownFrom: 0, to: written.size).chunks(of: 64) {
                for tile in try await store.evidenceTiles(coordinates) {
                    try put(tile.bytes, at: tile.coordinate.path, under: folder)
                    written.tiles += 1
                }
            }
            try await writeEntries(to: folder, &written)
            try put(Data(head.note.utf8), at: "checkpoint", under: folder)
            return written
        } catch let error as StoreError {
            throw NotaryError(error)
        } catch let error as NotaryError {
            throw error
        } catch {
            throw NotaryError(.file, "the log cannot be written to the folder")
        }
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

    private func put(_ content: Data, at path: some StringProtocol, under folder: String) throws {
        let file = (folder as NSString).appendingPathComponent(String(path))
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try AtomicFile.write(content, to: file, replacing: true, mode: 0o644)
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
