import Foundation
import Store
import Testing

@Suite("The log of the server")
struct ServerLogTests {
    /// The warnings of a session under settings of its database.
    private func warnings(under settings: [String]) async throws -> [String] {
        let database = try await Database.empty()
        let name = try #require(try await database.text("select current_database()"))
        for setting in settings { try await database.run("alter database \(name) set \(setting)") }
        let store = try await database.anotherStore()
        let warnings = try await store.serverLogWarnings()
        await store.close()
        return warnings
    }

    @Test(
        "settings under which the server logs values of statements are named, with the remedy",
        arguments: [
            (["log_min_duration_statement = 0"], "log_min_duration_statement = 0", "log_parameter_max_length = 0"),
            (["log_min_duration_statement = '2s'"], "log_min_duration_statement = 2s", "log_parameter_max_length = 0"),
            (["log_min_duration_sample = 0"], "log_min_duration_sample = 0", "log_parameter_max_length = 0"),
            (["log_statement = 'all'"], "log_statement = all", "log_parameter_max_length = 0"),
            (["log_statement = 'mod'"], "log_statement = mod", "log_parameter_max_length = 0"),
            (["log_transaction_sample_rate = 0.01"], "log_transaction_sample_rate", "log_parameter_max_length = 0"),
            (
                ["log_statement = 'all'", "log_parameter_max_length = 20"], "log_statement = all",
                "log_parameter_max_length = 0"
            ),
            (
                ["log_parameter_max_length_on_error = -1"], "log_parameter_max_length_on_error = -1",
                "log_parameter_max_length_on_error = 0"
            ),
            (
                ["session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0"],
                "auto_explain.log_min_duration = 0", "auto_explain.log_min_duration = -1"
            ),
        ]
    )
    func unsafe(settings: [String], named: String, remedy: String) async throws {
        let warnings = try await warnings(under: settings)
        #expect(warnings.count == 1)
        let warning = warnings.first ?? ""
        #expect(warning.contains(named) && warning.hasSuffix("alter role postgres set \(remedy)"), "\(warning)")
    }

    @Test(
        "the defaults, and settings that keep values out, cause no warning",
        arguments: [
            [], ["log_statement = 'ddl'"], ["log_duration = on"], ["log_error_verbosity = verbose"],
            [
                "log_statement = 'all'", "log_min_duration_statement = 0", "log_parameter_max_length = 0",
                "log_min_error_statement = debug5",
            ],
        ]
    )
    func safe(settings: [String]) async throws {
        #expect(try await warnings(under: settings) == [])
    }
}
