import Logging
import ServiceLifecycle
import UnixSignals

/// Runs a service until it ends or a signal asks it to.
enum Signals {
    /// SIGTERM and SIGINT let the service end in order.
    static func endInOrder(_ service: any Service) async throws {
        // The group's own log lines say nothing that the commands do not say themselves.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "dsr") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await group.run()
    }
}
