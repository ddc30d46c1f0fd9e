import Foundation
import SubjectRequests

/// Reads identifiers from a file, line by line. The size of the file does not matter.
struct IdentifierLines {
    /// A line that is not a valid identifier.
    struct Skipped {
        /// Its number, from 1.
        let line: Int
        /// What is wrong; never the line itself.
        let reason: String
    }

    /// The number of lines that are not a valid identifier.
    private(set) var skippedCount = 0
    /// The first of them.
    private(set) var skipped: [Skipped] = []
    private var number = 0
    private let file: FileHandle
    private var buffer = Data()
    private var position = 0
    private var isAtEnd = false
    private var endedWithCR = false
    /// The length in bytes of the longest identifier. A longer line is not valid, and is not kept in memory.
    private static let longestLine = SubjectID.maximumLength * 4
    private static let reasonsKept = 10

    init(_ file: FileHandle) {
        self.file = file
    }

    /// The next identifiers, at most `count`; `nil` at the end. Empty lines are ignored.
    mutating func next(_ count: Int) -> [SubjectID]? {
        var found: [SubjectID] = []
        while found.count < count, let line = nextLine() {
            number += 1
            if let line, line.isEmpty { continue }
            do throws(InvalidRequest) {
                found.append(try Self.identifier(line))
            } catch {
                skippedCount += 1
                if skipped.count < Self.reasonsKept { skipped.append(Skipped(line: number, reason: error.reason)) }
            }
        }
        return found.isEmpty ? nil : found
    }

    private static func identifier(_ line: Data?) throws(InvalidRequest) -> SubjectID {
        guard let line else { throw InvalidRequest("the integration_id is longer than 1,000 characters") }
        guard let text = String(validating: line, as: UTF8.self) else { throw InvalidRequest("not valid UTF-8") }
        // A list from a spreadsheet. An identifier that has quotes itself is so rare that a wrong match is likelier.
        if let quote = text.first, text.count > 1, quote == text.last, quote == "\"" || quote == "'" {
            throw InvalidRequest("the integration_id is in quotes; write it without them")
        }
        return try SubjectID(text)
    }

    /// The next line without its end, which is LF, CRLF or CR; `.some(nil)` for a line that is too long, `nil` at the end.
    private mutating func nextLine() -> Data?? {
        var isTooLong = false
        while true {
            if endedWithCR, position < buffer.count {
                if buffer[position] == UInt8(ascii: "\n") { position += 1 }
                endedWithCR = false
            }
            if let end = buffer[position...].firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
            {
                let line = buffer[position..<end]
                endedWithCR = buffer[end] == UInt8(ascii: "\r")
                position = end + 1
                return .some(isTooLong ? nil : Data(line))
            }
            if buffer.count - position > Self.longestLine {
                isTooLong = true
                position = buffer.count
            }
            guard !isAtEnd else {
                defer { position = buffer.count }
                if isTooLong { return .some(nil) }
                return position == buffer.count ? nil : .some(Data(buffer[position...]))
            }
            let more = (try? file.read(upToCount: 65_536)) ?? Data()
            isAtEnd = more.isEmpty
            buffer = Data(buffer[position...]) + more
            position = 0
        }
    }
}
