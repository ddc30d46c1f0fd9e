import Crypto
public import Foundation

/// A finished document: bytes for a person, with a name that gives nothing away.
public struct Document: Sendable, Hashable {
    /// A file name that holds a request or run number and nothing personal.
    public let fileName: String
    /// The media type, with its character set where it has one.
    public let mediaType: String
    /// The exact bytes.
    public let content: Data
    /// SHA-256 of `content`: 32 bytes.
    public let sha256: Data

    init(fileName: String, mediaType: String, content: Data) {
        self.fileName = fileName
        self.mediaType = mediaType
        self.content = content
        self.sha256 = Data(SHA256.hash(data: content))
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

    /// The bytes in lower-case hexadecimal.
    var hexadecimal: String {
        map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
