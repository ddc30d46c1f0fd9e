import ExactJSON
import Foundation
public import Inventory
public import SubjectRequests

/// The machine-readable answer to an access or portability request: a header, and what the API answered.
///
///     {
///     "dsr_export": {
///       …
///       "payload_bytes": 20,
///       "payload_sha256": "…"
///     },
///     "inventory":
///     {"profile":{"id":1}}
///     }
///
/// The whole is one JSON document. The payload is on lines of its own and is not decoded, so that its bytes, cut out
/// again by `payload_bytes`, have the digest that the header states. The disclosure has left values out; the bytes that
/// remain are unchanged, the header lists what is missing, and `source_sha256` is the digest of the answer as it came.
///
/// The controller's copy is another document: the answer byte for byte, and a list of what the customer did not get.
public struct ExportDocument: Sendable {
    /// The reader of an export.
    public enum Audience: String, Sendable, CaseIterable {
        /// The customer: without the data that belongs to others.
        case subject
        /// The controller: all that the API answered.
        case controller
    }

    private let facts: RequestFacts
    private let inventory: CustomerInventory
    private let disclosure: Disclosure
    private let audience: Audience
    private let controllerName: String?

    /// Prepares an export.
    ///
    /// - Parameters:
    ///   - facts: The request that is answered.
    ///   - inventory: What the API answered.
    ///   - disclosure: What is handed over of the inventory for the right that `facts` names.
    ///   - audience: Who is to read it.
    ///   - controllerName: The controller, who answers.
    public init(
        _ facts: RequestFacts,
        inventory: CustomerInventory,
        disclosure: Disclosure,
        audience: Audience = .subject,
        controllerName: String? = nil
    ) {
        self.facts = facts
        self.inventory = inventory
        self.disclosure = disclosure
        self.audience = audience
        self.controllerName = controllerName
    }

    /// Makes the document.
    ///
    /// - Returns: `<database>-request-<number>-export.json` for the customer, `…-controller.json` for the controller.
    /// - Throws: `ReportsError` for a right that is not answered with data.
    public func rendered() throws -> Document {
        try facts.requireDataRight()
        var payloads = [Payload("inventory", handedOver(disclosure.inventory, inventory.body), of: inventory.body)]
        let coupons = handedOver(disclosure.reservedCoupons, inventory.reservedCouponsBody)
        if coupons != nil {
            payloads.append(
                Payload("reserved_coupons", prefix: "reserved_coupons_", coupons, of: inventory.reservedCouponsBody)
            )
        }
        var header = opening + [withheld]
        for payload in payloads { header += payload.digests }

        var content = Data("{\n\"dsr_export\": \(OrderedJSON.object(header).text())".utf8)
        for payload in payloads {
            content += Data(",\n\"\(payload.name)\":\n".utf8) + (payload.bytes ?? Data("null".utf8))
        }
        content += Data("\n}\n".utf8)
        return .json(content, fileName: audience == .subject ? facts.exportFileName : facts.controllerFileName)
    }

    private func handedOver(_ disclosed: Data?, _ answer: Data?) -> Data? {
        audience == .subject || inventory.isAbsent ? disclosed : answer
    }

    private var isPortability: Bool { facts.right == .portability }

    private var opening: [(String, OrderedJSON)] {
        [
            ("format", .int(1)),
            ("for", .string(audience.rawValue)),
            ("request", .int(facts.requestID)),
            ("reference", .string(facts.reference)),
            ("right", .string(facts.right.rawValue)),
            ("article", .string(isPortability ? "GDPR Art. 20" : "GDPR Art. 15")),
            ("outcome", .string((inventory.isAbsent ? Outcome.noData : .exported).rawValue)),
            ("integration_id", .string(facts.subject.value)),
            ("environment", .string(facts.environment.rawValue)),
            ("produced_at", .string(Timestamps.rfc3339(facts.producedAt))),
            ("controller", OrderedJSON(controllerName)),
            ("ticket", OrderedJSON(facts.ticket)),
            ("run", OrderedJSON(facts.runID)),
            ("software", .string("dsr \(facts.softwareVersion)")),
            ("sections_asked", OrderedJSON(inventory.sectionsAsked)),
            ("sections_received", OrderedJSON(inventory.isAbsent ? [] : inventory.sectionsReceived)),
        ]
    }

    private var withheld: (String, OrderedJSON) {
        let rows = disclosure.withheld.map { values in
            OrderedJSON.object([
                ("path", .string(values.path)), ("reason", .string(values.ownership.rawValue)),
                ("count", OrderedJSON(values.count)),
            ])
        }
        return (audience == .subject ? "left_out" : "withheld_from_subject", .array(rows))
    }
}

/// One answer of the API in the export.
private struct Payload {
    let name: String
    let bytes: Data?
    private let prefix: String
    private let source: Data?

    init(_ name: String, prefix: String = "", _ bytes: Data?, of source: Data?) {
        self.name = name
        self.prefix = prefix
        self.bytes = bytes
        // Where nothing is handed over there is no answer to compare with either.
        self.source = bytes == nil ? nil : source
    }

    var digests: [(String, OrderedJSON)] {
        [
            ("\(prefix)payload_bytes", OrderedJSON(bytes.map { Int64($0.count) })),
            ("\(prefix)payload_sha256", OrderedJSON(bytes?.sha256Hex)),
            ("\(prefix)source_sha256", OrderedJSON(source?.sha256Hex)),
        ]
    }
}
