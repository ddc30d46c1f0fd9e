/// The names of a database's documents, and of its requests in letters.
///
/// A request's number is unique in its database and nowhere else, so every name carries the database's id: two databases
/// that share a folder, a mailbox or a ticket system never mean two answers by one name.
public struct DocumentNames: Sendable, Hashable {
    private let databaseID: String

    /// The names of the database with that id.
    public init(databaseID: String) {
        self.databaseID = databaseID
    }

    /// Whether a name is one of a document of this database: its id, a number, and parts of small letters and digits. It has
    /// no separator, and does not begin with a dot.
    public func includes(_ name: String) -> Bool {
        guard name.utf8.count <= 128, name.hasPrefix(databaseID + "-") else { return false }
        return name.dropFirst(databaseID.count + 1).wholeMatch(of: /(request|run)-[0-9]{1,19}([.-][a-z0-9]+)+/) != nil
    }

    /// A request as letters name it: `d7f3a2-42`.
    public func reference(of request: Int64) -> String { "\(databaseID)-\(request)" }

    /// A document of a request: `d7f3a2-request-42-letter.html`, from `letter.html`.
    public func document(_ name: String, of request: Int64) -> String { "\(databaseID)-request-\(request)-\(name)" }

    /// The receipt of a request: `d7f3a2-request-42.tlog-proof`.
    public func receipt(of request: Int64) -> String { "\(databaseID)-request-\(request).tlog-proof" }

    /// The report of a run: `d7f3a2-run-7.json`, from `json`.
    public func report(ofRun run: Int64, as fileExtension: String) -> String {
        "\(databaseID)-run-\(run).\(fileExtension)"
    }
}
