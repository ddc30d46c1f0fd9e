import Foundation
import Store

extension Store {
    /// The bytes of a document; `nil` where there is none, or they were deleted.
    func content(ofDocument name: String) async throws -> Data? {
        try await document(named: name)?.content
    }
}
