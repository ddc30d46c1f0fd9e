import Foundation

/// A secret, given as a value or as a file. Its description never shows it.
struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    private let raw: RawSetting

    fileprivate init(_ raw: RawSetting) {
        self.raw = raw
    }

    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// The secret. A file is read here and not earlier, so that an unreadable file stops only the commands that need it.
    func read() throws -> String {
        guard case .file(let path, let name) = raw else { return try raw.one() }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure(.configuration, "\(name) names a file that cannot be read")
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { throw Failure(.configuration, "\(name) names an empty file") }
        return secret
    }
}

extension SettingType<Secret> {
    static var secret: Self {
        Self(expectation: "a secret text", isSecret: true) { raw in
            if case .list = raw { throw SettingMisfit(detail: "and not a list") }
            return Secret(raw)
        }
    }
}
