/// Why a document cannot be made.
///
/// The description says what failed and what to do. It never holds content of a document: a template is named by its
/// name. An answer of the API that cannot be read is an `InventoryError`.
public struct ReportsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure. More may be added: treat an unknown one as final.
    public struct Code: Hashable, Sendable {
        let name: String

        /// A template, or the label file that belongs to the templates, cannot be used.
        public static let brokenTemplate = Code(name: "broken template")
        /// There is no such document for this right or outcome.
        public static let noSuchDocument = Code(name: "no such document")
        /// The configuration lacks a text of the controller that the document must contain.
        public static let incomplete = Code(name: "incomplete")
        /// A stored report is not one of this version.
        public static let unreadableReport = Code(name: "unreadable report")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed and what to do, in words that hold no content.
    public let description: String

    init(_ code: Code, _ explanation: String) {
        self.code = code
        self.description = explanation
    }
}
