public import ArgumentParser
public import SubjectRequests
public import TalonOne

extension Right: ExpressibleByArgument {}
extension RequestState: ExpressibleByArgument {}
extension InventorySection: ExpressibleByArgument {}
