import Foundation
import Synchronization

/// A secret, given as a value or as a file. Its description never shows it.
struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    private let raw: RawSetting
    private let content = Content()

    fileprivate init(_ raw: RawSetting) {
        self.raw = raw
    }

    /// What was read. A pipe gives it once.
    private final class Content: Sendable {
        let text = Mutex<String?>(nil)
    }

    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// The secret. A file is read here and not earlier, so that an unreadable file stops only the commands that need it.
    func read() throws -> String {
        guard case .file(let path, let name) = raw else { return try raw.one() }
        return try content.text.withLock { known in
            let secret = try known ?? Self.read(path, name)
            known = secret
            return secret
        }
    }

    private static func read(_ path: String, _ name: SettingName) throws -> String {
        guard let content = try InputFile.readPrivate(path, as: file(of: name)) else {
            throw Failure(.configuration, "\(name) names a file that \(InputFile.problem(of: path))")
        }
        return try secret(in: content, named: name)
    }

    /// The secret that a file holds: its whole text, without blanks around it.
    static func secret(in content: Data, named name: SettingName) throws -> String {
        guard let text = String(validating: content, as: UTF8.self), !text.contains("\0") else {
            throw Failure(.configuration, "\(name) names a file that is not text in UTF-8")
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { throw Failure(.configuration, "\(name) names an empty file") }
        let isQuoted = secret.count > 1 && secret.first == secret.last && secret.first.map("\"'".contains) == true
        guard !isQuoted, secret.prefixMatch(of: /(export\s+)?[A-Z][A-Z0-9_]*_(KEY|URL)\s*[=:]/) == nil else {
            throw Failure(
                .configuration,
                "\(name) names a file that holds more than the secret; remove quotes and the name of the variable"
            )
        }
        return secret
    }
}

extension Secret {
    /// - Throws: ``Failure`` where the secret is in a file that other users can read. The file is not read, since it may be
    ///   a pipe.
    func requirePrivacy() throws {
        guard case .file(let path, let name) = raw else { return }
        try InputFile.requirePrivacy(path, as: Self.file(of: name))
    }

    private static func file(of name: SettingName) -> String { "the file that \(name) names" }
}

extension SettingType<Secret> {
    static var secret: Self {
        Self(expectation: "a secret text", isSecret: true) { raw in
            if case .list = raw { throw SettingMisfit(detail: "and not a list") }
            return Secret(raw)
        }
    }
}
