import Foundation

/// An answer of the API, read.
struct ParsedAnswer {
    let sectionsAsked: [String]
    let inventory: RawJSON?
    let reservedCoupons: RawJSON?

    /// Reads an answer, and refuses one whose profile is somebody else's: handing it over would be a breach
    /// (Art. 33 GDPR) that no rule about single values could mend.
    init(_ answer: InventoryAnswer, subject: String) throws(ReportsError) {
        sectionsAsked = answer.sectionsAsked
        inventory = try Self.object(answer.inventory)
        reservedCoupons = try Self.object(answer.reservedCoupons)
        let owners = InventoryPath("profile.integrationId").matches(in: inventory)
        guard owners.allSatisfy({ !$0.value.namesAnother(than: subject) }) else {
            throw ReportsError(
                .anotherCustomer,
                "the API answered with the profile of another customer: nothing was handed over, compare the identifiers"
            )
        }
    }

    private static func object(_ bytes: Data?) throws(ReportsError) -> RawJSON? {
        guard let bytes else { return nil }
        let root = try RawJSON.parse(bytes)
        guard root.kind == .object else {
            throw ReportsError(
                .unexpectedShape,
                "the API's answer is JSON but not an object: check the base URL, then retry the request",
                offset: root.range.lowerBound
            )
        }
        return root
    }

    /// Whether there is anything to hand over: a customer, or coupons reserved for one that has no profile.
    var holdsData: Bool {
        inventory != nil || reservedCoupons?.values(named: "data").contains { !$0.elements.isEmpty } == true
    }

    /// The sections that came with a value other than null, in the order in which they came.
    var sectionsReceived: [String] {
        inventory?.members.filter { $0.value.kind != .null }.map(\.name) ?? []
    }
}
