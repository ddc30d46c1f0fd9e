import AtomicFiles

/// What a delivery of documents came to.
public struct DeliveryResult: Sendable {
    /// Documents that are files now.
    public internal(set) var count = 0
    /// Why it stopped early; the other documents stay in the database, to be delivered later.
    var obstacle: String?
    /// The names of documents whose name is taken by a file with other bytes.
    var conflicts: [String] = []
    /// The names of documents whose bytes are not those that were recorded.
    var altered: [String] = []
    /// The numbers of documents whose name is none of a document.
    var badNames: [Int64] = []
    /// The names of documents that could not be written, and why the first could not.
    var unwritable: [String] = [], reason = ""
    /// Documents that could not be written since one last was.
    private var failuresInARow = 0

    /// Why documents were not delivered; `nil` where all were. Each of the sentences says what to do.
    public var failure: String? {
        var sentences: [String] = []
        if !conflicts.isEmpty {
            sentences.append(
                "the report directory has other contents under \(Self.list(conflicts)), and nothing was replaced: find out "
                    + "whose answer is there, and move it away; \(Self.areSafe)"
            )
        }
        if !altered.isEmpty {
            sentences.append(
                "the database does not hold what was recorded of \(Self.list(altered)): the SHA-256 or the size of the content "
                    + "differs, and nothing was written. Find out who changed it, and run 'dsr evidence verify'"
            )
        }
        if !badNames.isEmpty {
            let named = Self.list(badNames.map(String.init))
            sentences.append(
                (badNames.count == 1
                    ? "the file name of document \(named) is not one"
                    : "the file names of documents \(named) are not ones")
                    + " that dsr gives, and nothing was written: find out who changed dsr.reports"
            )
        }
        if let obstacle = obstacle ?? (unwritable.isEmpty ? nil : "\(reason) (\(Self.list(unwritable)))") {
            sentences.append("the report directory: \(obstacle); \(Self.areSafe)")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
    }

    /// A document, and what became of it.
    struct Document: Sendable {
        let id: Int64, name: String, written: OpenReportDirectory.Written

        var isDone: Bool { if case .done = written { true } else { false } }
    }

    /// Adds what became of a page of documents. One that cannot be written holds back no other, until so many failed in a row
    /// that the disk must be full, or the directory gone.
    mutating func add(_ page: [Document]) {
        for document in page {
            switch document.written {
            case .done:
                count += 1
                failuresInARow = 0
            case .conflict: conflicts.append(document.name)
            case .altered: altered.append(document.name)
            case .badName: badNames.append(document.id)
            case .failed(let failure):
                if unwritable.isEmpty { reason = failure.description }
                unwritable.append(document.name)
                failuresInARow += 1
            }
        }
        if failuresInARow >= Self.mostFailuresInARow { obstacle = reason }
    }

    private static let mostFailuresInARow = 16

    /// Forgets what was found, before everything is tried again.
    mutating func tryAgain() {
        self = DeliveryResult(count: count)
    }

    private static let areSafe =
        "the documents are safe in the database, and 'dsr reports deliver' or the next run writes them"

    private static func list(_ names: [String]) -> String {
        let named = names.prefix(5).joined(separator: ", ")
        return named + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}
