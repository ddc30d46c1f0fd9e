import EvidenceLog
import Foundation
import Store

extension StoredTile {
    init(_ tile: Tile) {
        self.init(level: tile.coordinate.level, index: Int64(tile.coordinate.index), hashes: tile.bytes)
    }
}

extension Store {
    /// The tiles at these coordinates, each with exactly that width. One that is not stored is missing in the answer.
    func evidenceTiles(_ coordinates: [TileCoordinate]) async throws(NotaryError) -> [Tile] {
        do {
            return try await tiles(coordinates.map { ($0.level, Int64($0.index), $0.width) }).map { stored in
                try Tile(level: stored.level, index: Int(stored.index), bytes: stored.hashes)
            }
        } catch let error as StoreError {
            throw NotaryError(error)
        } catch let error as EvidenceLogError {
            throw NotaryError(error, while: "a stored tile")
        } catch {
            throw NotaryError(.store, "the tiles could not be read")
        }
    }
}

extension SignedNote {
    /// - Throws: ``EvidenceLogError`` where the text is not a signed note.
    init(text: String) throws(EvidenceLogError) {
        try self.init(Data(text.utf8))
    }

    /// The whole note as text. A note is UTF-8 by its own rules.
    var dataText: String { String(decoding: data, as: UTF8.self) }
}
