import EvidenceLog
import Foundation
import Store

extension StoredTile {
    init(_ tile: Tile) {
        self.init(level: tile.coordinate.level, index: Int64(tile.coordinate.index), hashes: tile.bytes)
    }
}

extension Store {
    /// Reads the tiles with these coordinates, including their width. Tiles that are not stored are left out.
    func evidenceTiles(_ coordinates: [TileCoordinate]) async throws -> [Tile] {
        let stored = try await tiles(coordinates.map { ($0.level, Int64($0.index), $0.width) })
        return try NotaryError.checking("a stored tile is invalid") {
            try stored.map { try Tile(level: $0.level, index: Int($0.index), bytes: $0.hashes) }
        }
    }
}

extension SignedNote {
    /// Parses the text of a note.
    ///
    /// - Throws: `EvidenceLogError` if the text is not a signed note.
    init(text: String) throws(EvidenceLogError) {
        try self.init(Data(text.utf8))
    }

    /// The whole note as text; the format requires UTF-8.
    var dataText: String { String(decoding: data, as: UTF8.self) }
}
