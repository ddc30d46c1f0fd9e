import Yams

/// A YAML document with settings, flattened: `gates: {approval: true}` has the key `gates.approval`.
struct FlatYAML {
    /// What is wrong with the document, to follow its name. It shows keys and lines, and no value.
    struct Problem: Error {
        let sentence: String
    }

    private(set) var values: [String: RawSetting] = [:]

    /// - Throws: ``Problem``.
    init(_ text: String) throws {
        switch try Self.root(of: text) {
        case nil: break
        case .mapping(let group): try add(group, to: [])
        case .scalar(let text) where text.string.isEmpty: break
        default: throw Problem(sentence: "must hold keys with values, for example 'concurrency: 16'")
        }
    }

    private static func root(of text: String) throws -> Node? {
        do {
            let parser = try Parser(yaml: text)
            guard let root = try parser.nextRoot() else { return nil }
            guard try parser.nextRoot() == nil else {
                throw Problem(sentence: "holds more than one YAML document; put all settings into the first one")
            }
            return root
        } catch let error as YamlError {
            throw Problem(sentence: sentence(for: error))
        }
    }

    private mutating func add(_ group: Node.Mapping, to path: [String]) throws {
        // A group whose settings are all commented out, or a setting with `{}` for its value.
        if group.isEmpty, !path.isEmpty { try set(.text(""), path, group.mark) }
        for (key, value) in group {
            guard case .scalar(let name) = key else {
                throw Problem(sentence: "has a key that is not a name\(Self.line(group.mark))")
            }
            guard name.string != "<<" || name.style != .plain else {
                throw Problem(sentence: "has a merge key (<<)\(Self.line(name.mark)), which is not supported")
            }
            try add(value, at: path + [name.string])
        }
    }

    private mutating func add(_ value: Node, at path: [String]) throws {
        let key = SettingsFile.shown(path.joined(separator: "."))
        switch value {
        case .mapping(let group):
            try add(group, to: path)
        case .scalar(let scalar):
            try set(.text(try Self.text(of: scalar, key)), path, scalar.mark)
        case .sequence(let list):
            let entries = try list.map { entry in
                guard case .scalar(let scalar) = entry else {
                    throw Problem(
                        sentence: "has a list of lists or groups in \(key)\(Self.line(entry.mark)); expected texts, in "
                            + "quotes where they contain ': '"
                    )
                }
                return try Self.text(of: scalar, key)
            }
            try set(.list(entries), path, list.mark)
        case .alias:
            throw Problem(sentence: "has an alias without an anchor in \(key)")
        }
    }

    private mutating func set(_ value: RawSetting, _ path: [String], _ mark: Mark?) throws {
        let key = path.joined(separator: ".")
        guard values.updateValue(value, forKey: key) == nil else {
            throw Problem(sentence: "has \(SettingsFile.shown(key)) twice, the second time\(Self.line(mark))")
        }
    }

    /// The text of a value. A tag such as `!secret` asks another program to replace it.
    private static func text(of scalar: Node.Scalar, _ key: String) throws -> String {
        let tag = scalar.tag.description
        guard !tag.hasPrefix("!") || tag == "!", !tag.hasSuffix(":binary") else {
            throw Problem(
                sentence: "has a tag (!) before the value of \(key)\(line(scalar.mark)); write the value itself"
            )
        }
        return scalar.string
    }

    // MARK: - Sentences

    /// The parser's message quotes the file, which may hold secrets: only its line is used.
    private static func sentence(for error: YamlError) -> String {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            "is not valid YAML\(line(mark))"
        case .reader(_, _, _, _):
            "is not valid YAML: it contains a control character"
        case .duplicatedKeysInMapping(let keys, let context):
            "has \(SettingsFile.shown(keys.first ?? "")) twice in one group, the first time\(line(context.mark))"
        default:
            "is not valid YAML"
        }
    }

    private static func line(_ mark: Mark?) -> String {
        mark.map { " at line \($0.line)" } ?? ""
    }
}
