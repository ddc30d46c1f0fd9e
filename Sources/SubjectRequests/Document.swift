public import Foundation

/// A finished document: exact bytes, and a file name that holds a request or run number and nothing personal.
public struct Document: Sendable, Hashable {
    /// The name of the file, unique for good.
    public let fileName: String
    /// The media type, with its character set where it has one.
    public let mediaType: String
    /// SHA-256 of `content`, 32 bytes.
    public let sha256: Data
    /// The bytes.
    public let content: Data

    /// A document and the digest of its bytes.
    public init(fileName: String, mediaType: String, sha256: Data, content: Data) {
        self.fileName = fileName
        self.mediaType = mediaType
        self.sha256 = sha256
        self.content = content
    }
}
