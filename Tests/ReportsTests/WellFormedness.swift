import Foundation
import SubjectRequests
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Documents are written so that an XML parser reads them too; it forgives nothing.
func expectWellFormed(_ document: Document, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let collector = TextCollector()
    let parser = XMLParser(data: document.content)
    parser.delegate = collector
    #expect(parser.parse(), "\(String(describing: parser.parserError))", sourceLocation: sourceLocation)
    #expect(!document.text.contains("{{"), sourceLocation: sourceLocation)
    #expect(collector.elements.isDisjoint(with: ["script", "img", "link", "iframe"]), sourceLocation: sourceLocation)
    #expect(!document.text.contains("http://") && !document.text.contains("https://"), sourceLocation: sourceLocation)
}

/// The text of a document as a reader sees it.
func visibleText(_ document: Document) -> String {
    let collector = TextCollector()
    let parser = XMLParser(data: document.content)
    parser.delegate = collector
    _ = parser.parse()
    return collector.text
}

private final class TextCollector: NSObject, XMLParserDelegate {
    var text = ""
    var elements: Set<String> = []

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?,
        attributes attributeDict: [String: String] = [:]
    ) {
        elements.insert(elementName)
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }
}
