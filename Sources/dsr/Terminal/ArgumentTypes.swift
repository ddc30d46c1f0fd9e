public import ArgumentParser
public import Schemas
public import SubjectRequests
public import TalonOne

extension Environment: ExpressibleByArgument {}
extension Right: ExpressibleByArgument {}
extension RequestState: ExpressibleByArgument {}
extension IdentityMethod: ExpressibleByArgument {}
extension RefusalGround: ExpressibleByArgument {}
extension Suspension.Cause: ExpressibleByArgument {}
extension LegalHold.Ground: ExpressibleByArgument {}
extension InventorySection: ExpressibleByArgument {}
extension PublishedSchema: ExpressibleByArgument {}
