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
/// again by `payload_bytes`, have the digest that the header states. For access the payload is the API's answer byte for
/// byte. For portability the disclosure has left values out; the bytes that remain are unchanged, the header lists what
/// is missing, and `source_sha256` is the digest of the answer as it came.
public struct ExportDocument: Sendable {
    private let facts: RequestFacts
    private let inventory: CustomerInventory
    private let disclosure: Disclosure
    private let controllerName: String?

    /// Prepares an export.
    ///
    /// - Parameters:
    ///   - facts: The request that is answered.
    ///   - inventory: What the API answered.
    ///   - disclosure: What is handed over of the inventory for the right that `facts` names.
    ///   - controllerName: The controller, who answers.
    public init(
        _ facts: RequestFacts,
        inventory: CustomerInventory,
        disclosure: Disclosure,
        controllerName: String? = nil
    ) {
        self.facts = facts
        self.inventory = inventory
        self.disclosure = disclosure
        self.controllerName = controllerName
    }

    /// Makes the document.
    ///
    /// - Returns: `<database>-request-<number>-export.json`.
    /// - Throws: `ReportsError` for a right that is not answered with data.
    public func rendered() throws -> Document {
        try facts.requireDataRight()
        var payloads = [Payload("inventory", disclosure.inventory, of: inventory.body)]
        if disclosure.reservedCoupons != nil {
            payloads.append(
                Payload(
                    "reserved_coupons",
                    prefix: "reserved_coupons_",
                    disclosure.reservedCoupons,
                    of: inventory.reservedCouponsBody
                )
            )
        }
        var header = opening + [withheld]
        for payload in payloads { header += payload.digests(withSource: isPortability) }

        var content = Data("{\n\"dsr_export\": \(OrderedJSON.object(header).text())".utf8)
        for payload in payloads {
            content += Data(",\n\"\(payload.name)\":\n".utf8) + (payload.bytes ?? Data("null".utf8))
        }
        content += Data("\n}\n".utf8)
        return .json(content, fileName: facts.exportFileName)
    }

    private var isPortability: Bool { facts.right == .portability }

    private var opening: [(String, OrderedJSON)] {
        [
            ("format", .int(1)),
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

    // An access export keeps the values and says where they are; a portability export says what it leaves out and why.
    private var withheld: (String, OrderedJSON) {
        let rows = disclosure.withheld.map { values in
            OrderedJSON.object(
                [("path", .string(values.path))]
                    + (isPortability ? [("reason", .string(values.ownership.rawValue))] : [])
                    + [("count", OrderedJSON(values.count))]
            )
        }
        return (isPortability ? "left_out" : "third_party_paths", .array(rows))
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

    func digests(withSource: Bool) -> [(String, OrderedJSON)] {
        let payload: [(String, OrderedJSON)] = [
            ("\(prefix)payload_bytes", OrderedJSON(bytes.map { Int64($0.count) })),
            ("\(prefix)payload_sha256", OrderedJSON(bytes?.sha256Hex)),
        ]
        return payload + (withSource ? [("\(prefix)source_sha256", OrderedJSON(source?.sha256Hex))] : [])
    }
}
