import Foundation
import Postgres

extension PostgresJSON {
    /// The JSON text of a value, its keys sorted.
    init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// A JSON array of strings; `nil` for an empty list.
    init?(list: [String]) {
        guard !list.isEmpty, let json = try? PostgresJSON(encoding: list) else { return nil }
        self = json
    }
}
