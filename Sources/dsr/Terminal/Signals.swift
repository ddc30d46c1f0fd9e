import Logging
import Processor
import ServiceLifecycle
import UnixSignals

/// SIGTERM, SIGINT and SIGHUP, and what they end.
enum Signals {
    /// Forwards signals to a run: the first begins its shutdown, the second cancels it.
    static func forward(to shutdown: Shutdown) async {
        var isFirst = true
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) {
            if isFirst {
                shutdown.begin(.stopped)
                Terminal.note("Stopping after calls in flight; a second signal stops at once.")
            } else {
                shutdown.cancel(.stopped)
            }
            isFirst = false
        }
    }

    /// Runs a service until it ends or a signal shuts it down.
    static func runUntilSignal(_ service: any Service) async throws {
        // The group's own log lines repeat what the commands print.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint, .sighup],
                logger: Logger(label: "dsr") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await group.run()
    }
}
