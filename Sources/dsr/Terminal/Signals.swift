import Logging
import Processor
import ServiceLifecycle
import UnixSignals

/// SIGTERM and SIGINT, and what they end.
enum Signals {
    /// The first signal lets a run wind down, the second does not wait.
    static func tell(_ stop: RunStop) async {
        var isFirst = true
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
            if isFirst {
                stop.windDown(.stopped)
                Terminal.note("Stopping; calls in flight finish first. A second signal does not wait for them.")
            } else {
                stop.cancel(.stopped)
            }
            isFirst = false
        }
    }

    /// Runs a service until it ends or a signal asks it to.
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
