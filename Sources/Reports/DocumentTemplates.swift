import Crypto
import Foundation
import Mustache
import TemplatesEN

/// The templates of one language, compiled once and shared by every document.
public struct DocumentTemplates: Sendable {
    /// The documents that have a template.
    enum Name: String, CaseIterable {
        case accessLetter = "access-letter"
        case portabilityLetter = "portability-letter"
        case noDataLetter = "no-data-letter"
        case rectificationLetter = "rectification-letter"
        case erasureConfirmation = "erasure-confirmation"
        case runReport = "run-report"
        case monthReport = "month-report"
    }

    private static let labelsFile = "labels.json"
    private static let suffix = ".html.mustache"
    private static let pragma = "{{%CONTENT_TYPE:\(StrictHTML.name)}}"

    let labels: Labels
    private let library: MustacheLibrary
    // The content security policy allows this one style sheet, by its digest, and nothing else.
    private let styleDigest: String

    /// The English templates.
    ///
    /// - Throws: `ReportsError` naming the template that cannot be used. This does not depend on data: once the templates are
    ///   loaded, they stay usable.
    public static func english() throws -> DocumentTemplates {
        try DocumentTemplates(files: EnglishTemplates.files)
    }

    init(files: [String: [UInt8]]) throws {
        MustacheContentTypes.register(StrictHTML(), named: StrictHTML.name)
        guard let labels = files[Self.labelsFile] else { throw Self.broken(Self.labelsFile, "is missing") }
        self.labels = try Labels(labels)

        let templates = files.filter { $0.key.hasSuffix(Self.suffix) }
        let names = Set(templates.keys.map { String($0.dropLast(Self.suffix.count)) })
        for document in Name.allCases where !names.contains(document.rawValue) {
            throw Self.broken(document.rawValue, "is missing")
        }
        var library = MustacheLibrary()
        for (file, bytes) in templates.sorted(by: { $0.key < $1.key }) {
            let name = String(file.dropLast(Self.suffix.count))
            library.register(try Self.compile(bytes, name: name, known: names), named: name)
        }
        self.library = library
        let style = library.render([String: Any](), withTemplate: "style") ?? ""
        styleDigest = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
    }

    func render(_ name: Name, _ view: [String: Any]) throws -> String {
        let whole = view.merging(["styleDigest": styleDigest]) { given, _ in given }
        guard let text = library.render(whole, withTemplate: name.rawValue) else {
            throw Self.broken(name.rawValue, "is missing")
        }
        return text
    }

    // The library uses its own escaping in a partial without the pragma, renders a missing partial as nothing, and
    // allows unescaped variables. None of these raises an error, so each is refused here.
    private static func compile(
        _ bytes: [UInt8],
        name: String,
        known: Set<String>
    ) throws -> MustacheTemplate {
        let text = String(decoding: bytes, as: UTF8.self)
        let tags = text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst()
        guard tags.isEmpty || text.hasPrefix(pragma) else { throw broken(name, "does not begin with \(pragma)") }
        for tag in tags {
            guard let kind = tag.first, kind != "{", kind != "&" else {
                throw broken(name, "has an unescaped variable")
            }
            guard kind == ">" || kind == "<" else { continue }
            let partial = tag.dropFirst().prefix { $0 != "}" }.filter { $0 != " " }
            guard known.contains(partial) else { throw broken(name, "uses a partial that does not exist: \(partial)") }
        }
        do {
            return try MustacheTemplate(string: text)
        } catch let error as MustacheTemplate.ParserError {
            throw broken(name, "cannot be read: \(error.error), line \(error.context.lineNumber)")
        } catch {
            throw broken(name, "cannot be read")
        }
    }

    private static func broken(_ name: String, _ what: String) -> ReportsError {
        ReportsError(.brokenTemplate, "the template '\(name)' \(what): the program was built wrongly, install it again")
    }
}
