import Foundation

/// The machine-readable answer to an access or portability request: a header, and what the API said.
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
/// The whole is one JSON document. The payload stands on lines of its own, spliced in without being decoded, so that
/// its bytes, cut out again by `payload_bytes`, have the digest that the header states. For access the payload is the
/// API's answer byte for byte. For portability `DisclosurePolicy` is applied; the bytes that remain are untouched, the
/// header lists what is missing, and `source_sha256` is the digest of the answer as it came.
public struct ExportDocument: Sendable {
    private let facts: RequestFacts
    private let answer: InventoryAnswer
    private let controllerName: String?
    private let policy: DisclosurePolicy

    /// Prepares an export.
    ///
    /// - Parameters:
    ///   - facts: The request that is answered.
    ///   - answer: What the API said.
    ///   - controllerName: Who answers.
    ///   - portabilityPolicy: What a portability export leaves out; access exports leave out nothing.
    public init(
        _ facts: RequestFacts,
        answer: InventoryAnswer,
        controllerName: String? = nil,
        portabilityPolicy: DisclosurePolicy = .portability
    ) {
        self.facts = facts
        self.answer = answer
        self.controllerName = controllerName
        self.policy = portabilityPolicy
    }

    /// Makes the document.
    ///
    /// - Returns: `request-<number>-export.json`.
    /// - Throws: `ReportsError` when an answer of the API is not a JSON object, or is about another customer.
    public func rendered() throws(ReportsError) -> Document {
        let parsed = try ParsedAnswer(answer, subject: facts.integrationID)
        let rules = facts.right == .portability ? policy : .otherPeople
        let inventory = DisclosureResult(rules.inventory, in: parsed.inventory, subject: facts.integrationID)
        let coupons = DisclosureResult(rules.reservedCoupons, in: parsed.reservedCoupons, subject: facts.integrationID)
        let payloads = [
            Payload("inventory", "", answer.inventory, parsed.inventory, leavingOut: removals(inventory)),
            Payload(
                "reserved_coupons",
                "reserved_coupons_",
                answer.reservedCoupons,
                parsed.reservedCoupons,
                leavingOut: removals(coupons)
            ),
        ].filter { $0.name == "inventory" || $0.bytes != nil }

        var header = opening(parsed)
        header += disclosure(inventory.applied + coupons.applied.map { $0.under("reserved_coupons") })
        for payload in payloads { header += payload.digests(withSource: facts.right == .portability) }

        var content = Data("{\n\"dsr_export\": \(JSONValue.object(header).text())".utf8)
        for payload in payloads {
            content += Data(",\n\"\(payload.name)\":\n".utf8) + (payload.bytes ?? Data("null".utf8))
        }
        content += Data("\n}\n".utf8)
        return .json(content, fileName: facts.exportFileName)
    }

    private func removals(_ result: DisclosureResult) -> Set<RawJSON.Place> {
        facts.right == .portability ? result.places : []
    }

    private func opening(_ parsed: ParsedAnswer) -> [(String, JSONValue)] {
        [
            ("format", .int(1)),
            ("request", .int(facts.requestID)),
            ("right", .string(facts.right.rawValue)),
            ("article", .string(facts.right == .access ? "GDPR Art. 15" : "GDPR Art. 20")),
            ("outcome", .string(parsed.holdsData ? "exported" : "no_data")),
            ("integration_id", .string(facts.integrationID)),
            ("environment", .string(facts.environment.rawValue)),
            ("produced_at", .string(Moment.rfc3339(facts.producedAt))),
            ("controller", JSONValue(controllerName)),
            ("ticket", JSONValue(facts.ticket)),
            ("run", JSONValue(facts.runID)),
            ("software", .string("dsr \(facts.softwareVersion)")),
            ("sections_asked", JSONValue(parsed.sectionsAsked)),
            ("sections_received", JSONValue(parsed.sectionsReceived)),
        ]
    }

    private func disclosure(_ applied: [DisclosureResult.Applied]) -> [(String, JSONValue)] {
        let isPortability = facts.right == .portability
        let rows = applied.map { rule in
            JSONValue.object(
                [("path", .string(rule.path))]
                    + (isPortability ? [("reason", .string(rule.reason.rawValue))] : [])
                    + [("count", JSONValue(rule.count))]
            )
        }
        return [(isPortability ? "left_out" : "third_party_paths", .array(rows))]
    }
}

extension DisclosureResult.Applied {
    fileprivate func under(_ name: String) -> Self {
        Self(path: "\(name).\(path)", reason: reason, count: count)
    }
}

/// One answer of the API as it stands in the export.
private struct Payload {
    let name: String
    private let prefix: String
    private let source: Data?
    let bytes: Data?

    init(_ name: String, _ prefix: String, _ source: Data?, _ root: RawJSON?, leavingOut places: Set<RawJSON.Place>) {
        self.name = name
        self.prefix = prefix
        self.source = source
        self.bytes = places.isEmpty ? source : root?.removing(places)
    }

    func digests(withSource: Bool) -> [(String, JSONValue)] {
        let payload: [(String, JSONValue)] = [
            ("\(prefix)payload_bytes", JSONValue(bytes.map { Int64($0.count) })),
            ("\(prefix)payload_sha256", JSONValue(bytes?.sha256Hex)),
        ]
        return payload + (withSource ? [("\(prefix)source_sha256", JSONValue(source?.sha256Hex))] : [])
    }
}
