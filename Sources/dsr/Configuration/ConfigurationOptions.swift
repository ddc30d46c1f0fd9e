import ArgumentParser

/// The options of every command that uses the queue or the API.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "YAML file with settings; environment variables override it. Default: the file that DSR_CONFIG names.",
            valueName: "file"
        )
    )
    var config: String?

    func validate() throws {
        // As of '--config "$FILE"' where the variable is not set.
        guard config != "" else { throw ValidationError("--config is empty; give the path of a file") }
    }

    func load() async throws -> DsrConfiguration {
        try await DsrConfiguration(path: config)
    }
}
