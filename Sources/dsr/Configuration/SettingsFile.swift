import Configuration
import Foundation
import Synchronization
import SystemPackage

/// The YAML file with settings.
struct SettingsFile: Sendable {
    /// All keys of the file in alphabetical order, such as `gates.approval`.
    let keys: [String]
    private let values: [String: RawSetting]

    /// - Throws: ``Failure`` `.configuration` where the file cannot be read as YAML with keys and values. It never quotes
    ///   the file.
    init(path: String) async throws {
        let content = try Self.read(path)
        guard !Self.isBlank(content) else {
            (keys, values) = ([], [:])
            return
        }
        let seen = KeyCollector()
        let yaml: YAMLSnapshot
        do {
            yaml = try YAMLSnapshot(
                data: content.bytes,
                providerName: "configuration file",
                // The provider calls this for each key. It has no other way to tell which keys the file has.
                parsingOptions: .init(
                    secretsSpecifier: .dynamic { key, _ in
                        seen.add(key)
                        return true
                    }
                )
            )
        } catch {
            throw Failure(.configuration, "the configuration file \(path) \(Self.explain(error))")
        }
        if let repeated = seen.repeated {
            throw Failure(.configuration, "the configuration file has \(Self.shown(repeated)) twice")
        }
        keys = seen.keys.sorted()
        values = try keys.reduce(into: [:]) { values, key in values[key] = try Self.value(of: key, in: yaml) }
    }

    func value(of name: SettingName) throws -> RawSetting? {
        guard let value = values[name.key] else { return nil }
        guard !isEmpty(name.key) else {
            throw Failure(.configuration, "\(name) has no value in the configuration file; give it one, or remove it")
        }
        return value
    }

    /// Whether a key has no value.
    func isEmpty(_ key: String) -> Bool {
        guard case .text(let text) = values[key] else { return false }
        return RawSetting.none.contains(text)
    }

    /// A key in an error. A file with a mistake may have a secret in the place of a key, so an unusual key is not shown.
    static func shown(_ key: String) -> String {
        key.wholeMatch(of: /[A-Za-z0-9_.-]{1,60}/) == nil ? "setting" : "setting \(key)"
    }

    // MARK: - Reading

    private static func read(_ path: String) throws -> Data {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw Failure(.configuration, "the configuration file \(path) does not exist")
        }
        guard !isDirectory.boolValue else {
            throw Failure(.configuration, "the configuration file \(path) is a directory; it must be a YAML file")
        }
        guard let content = try InputFile.readPrivate(path, as: "the configuration file \(path)") else {
            throw Failure(.configuration, "the configuration file \(path) cannot be read; check its permissions")
        }
        return content
    }

    /// Whether the file holds comments only, as an example file in which every setting is commented out.
    private static func isBlank(_ content: Data) -> Bool {
        String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline).allSatisfy { line in
            let line = line.trimmingCharacters(in: .whitespaces)
            return line.isEmpty || line.hasPrefix("#") || line == "---"
        }
    }

    /// The parser's message quotes the file, which may hold secrets: only its line number is used.
    private static func explain(_ error: any Error) -> String {
        if let line = "\(error)".prefixMatch(of: /([0-9]+):[0-9]+: error/)?.1 {
            return "is not valid YAML at line \(line)"
        }
        if "\(error)".contains("duplicated key") { return "has a key twice in one group" }
        return "must hold keys with values, for example 'concurrency: 16', and lists of texts at most"
    }

    private static func value(of key: String, in yaml: YAMLSnapshot) throws -> RawSetting? {
        let key = AbsoluteConfigKey([key])
        if case .stringArray(let list)? = try? yaml.value(forKey: key, type: .stringArray).value?.content {
            return .list(list)
        }
        guard case .string(let text)? = try yaml.value(forKey: key, type: .string).value?.content else { return nil }
        return .text(text)
    }
}

/// Collects keys from a closure that may be called anywhere.
private final class KeyCollector: Sendable {
    private let state = Mutex<(keys: Set<String>, repeated: String?)>(([], nil))

    func add(_ key: String) {
        state.withLock { state in
            if !state.keys.insert(key).inserted { state.repeated = key }
        }
    }

    var keys: Set<String> { state.withLock { $0.keys } }
    var repeated: String? { state.withLock { $0.repeated } }
}
