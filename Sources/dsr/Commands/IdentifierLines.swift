import Foundation
import SubjectRequests

/// Reads identifiers from a file, line by line. The size of the file does not matter.
struct IdentifierLines {
    /// The number of lines that are not a valid identifier.
    private(set) var skipped = 0
    private let file: FileHandle
    private var buffer = Data()
    private var position = 0
    private var isAtEnd = false
    /// The length in bytes of the longest identifier. A longer line is not valid, and is not kept in memory.
    private static let longestLine = SubjectID.maximumLength * 4

    init(_ file: FileHandle) {
        self.file = file
    }

    /// The next identifiers, at most `count`; `nil` at the end.
    mutating func next(_ count: Int) -> [SubjectID]? {
        var found: [SubjectID] = []
        while found.count < count, let line = nextLine() {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard !text.isEmpty else { continue }
            if let id = String(validating: text, as: UTF8.self).flatMap({ try? SubjectID($0) }) {
                found.append(id)
            } else {
                skipped += 1
            }
        }
        return found.isEmpty ? nil : found
    }

    private mutating func nextLine() -> Data? {
        var isTooLong = false
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[position..<end]
                position = end + 1
                // One byte that is not a valid identifier stands for the whole line.
                return isTooLong ? Data([0]) : line
            }
            if buffer.count - position > Self.longestLine {
                isTooLong = true
                position = buffer.count
            }
            guard !isAtEnd else {
                defer { position = buffer.count }
                if isTooLong { return Data([0]) }
                return position == buffer.count ? nil : buffer[position...]
            }
            let more = (try? file.read(upToCount: 65_536)) ?? Data()
            isAtEnd = more.isEmpty
            buffer = Data(buffer[position...]) + more
            position = 0
        }
    }
}
