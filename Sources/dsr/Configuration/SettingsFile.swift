import Foundation

/// The YAML file with settings.
struct SettingsFile: Sendable {
    /// All keys of the file in alphabetical order, such as `gates.approval`.
    let keys: [String]
    private let values: [String: RawSetting]

    /// - Throws: ``Failure`` `.configuration` where the file cannot be read as YAML with keys and values. It never quotes
    ///   the file.
    init(path: String) throws {
        let name = "the configuration file \(path.printable)"
        let text = try Self.text(of: try Self.read(path, name), name)
        do {
            values = try FlatYAML(text).values
        } catch let problem as FlatYAML.Problem {
            throw Failure(.configuration, "\(name) \(problem.sentence)")
        }
        keys = values.keys.sorted()
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

    private static func read(_ path: String, _ name: String) throws -> Data {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw Failure(.configuration, "\(name) does not exist")
        }
        guard !isDirectory.boolValue else {
            throw Failure(.configuration, "\(name) is a directory; it must be a YAML file")
        }
        guard let content = try InputFile.readPrivate(path, as: name) else {
            throw Failure(.configuration, "\(name) \(InputFile.problem(of: path))")
        }
        return content
    }

    private static func text(of content: Data, _ name: String) throws -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Failure(.configuration, "\(name) is not encoded in UTF-8")
        }
        return text
    }
}
