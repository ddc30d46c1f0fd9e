import Crypto
import Foundation
import SubjectRequests

extension Document {
    /// A document of these bytes, with their digest.
    init(fileName: String, mediaType: String, content: Data) {
        self.init(
            fileName: fileName,
            mediaType: mediaType,
            sha256: Data(SHA256.hash(data: content)),
            content: content
        )
    }

    static func html(_ text: String, fileName: String) -> Document {
        Document(fileName: fileName, mediaType: "text/html; charset=utf-8", content: Data(text.utf8))
    }

    static func json(_ content: Data, fileName: String) -> Document {
        Document(fileName: fileName, mediaType: "application/json", content: content)
    }
}

extension Data {
    /// SHA-256 of the bytes in lower-case hexadecimal.
    var sha256Hex: String { Data(SHA256.hash(data: self)).hexadecimal }
}
