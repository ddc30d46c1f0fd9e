import Foundation
import Inventory
public import SubjectRequests
public import TalonOne

/// Asks Talon.One about a customer outside a run, with one read of each operation and no retries.
public enum CustomerLookup {
    /// Whether Talon.One holds anything about a customer, in any section or as a reserved coupon.
    ///
    /// - Parameter optionalSections: The sections that an answer may lack.
    /// - Throws: `TalonOneError`; ``RunError`` where the answer is about another customer or of the other environment.
    public static func isKnown(
        _ subject: SubjectID,
        to client: TalonOneClient,
        in environment: Environment,
        optionalSections: Set<InventorySection> = []
    ) async throws -> Bool {
        do {
            var inventory = try await inventory(of: subject, client)
            guard !inventory.contradicts(environment) else {
                throw RunError(.configuration, "\(EnvironmentContradiction(environment: environment))")
            }
            if let form = UnknownForm(inventory) {
                // How the deployment answers about a customer who cannot exist tells whether this is one.
                let nobody = try await self.inventory(of: .preflight, client)
                if form.describes(nobody) { inventory = .unknown(subject, sectionsAsked: inventory.sectionsAsked) }
            }
            if inventory.isAbsent, !inventory.listsCoupons, let coupons = try await reservedCoupons(of: subject, client)
            {
                try inventory.addReservedCoupons(coupons)
            }
            try inventory.requireForm(optional: Set(optionalSections.map(\.rawValue)))
            return !inventory.isAbsent
        } catch let error as InventoryError {
            throw RunError(.apiUnavailable, "Talon.One's answer cannot be used: \(error)")
        }
    }

    private static func inventory(of subject: SubjectID, _ client: TalonOneClient) async throws -> CustomerInventory {
        let asked = InventorySection.allCases.map(\.rawValue)
        do {
            let body = try await client.customerInventory(
                integrationId: subject.value,
                sections: Set(InventorySection.allCases)
            ).body
            return try CustomerInventory(of: subject, sectionsAsked: asked, body: body)
        } catch let error as TalonOneError where error.code == .notFound && error.isAnswerOfTheAPI {
            return .unknown(subject, sectionsAsked: asked)
        }
    }

    // Newer deployments do not have the operation.
    private static func reservedCoupons(of subject: SubjectID, _ client: TalonOneClient) async throws -> Data? {
        do {
            return try await client.reservedCoupons(integrationId: subject.value).body
        } catch  where error.code == .notFound {
            return nil
        }
    }
}

extension SubjectID {
    /// A customer who cannot exist.
    static let preflight: SubjectID = {
        guard let id = try? SubjectID("dsr-preflight") else { preconditionFailure("a constant is a valid identifier") }
        return id
    }()
}
