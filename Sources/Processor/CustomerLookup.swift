import Inventory
public import SubjectRequests
public import TalonOne

/// Asks Talon.One about a customer outside a run, with one read and no retries.
public enum CustomerLookup {
    /// Whether Talon.One holds anything about a customer.
    public static func isKnown(
        _ subject: SubjectID,
        to client: TalonOneClient,
        sections: Set<InventorySection>
    ) async throws -> Bool {
        do {
            let body = try await client.customerInventory(integrationId: subject.value, sections: sections).body
            let asked = sections.sorted().map(\.rawValue)
            return !(try CustomerInventory(of: subject, sectionsAsked: asked, body: body).isAbsent)
        } catch let error as TalonOneError where error.code == .notFound && error.isAnswerOfTheAPI {
            return false
        } catch let error as InventoryError {
            throw RunError(.apiUnavailable, "Talon.One's answer cannot be used: \(error)")
        }
    }
}
