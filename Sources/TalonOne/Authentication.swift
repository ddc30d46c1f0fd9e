/// How calls prove which Talon.One Application they speak for.
///
/// Neither printing, debugging nor `dump` shows a key.
public enum Authentication: Sendable {
    /// `Authorization: ApiKey-v1 <key>`: today's scheme. The key is bound to one Application and one environment.
    case apiKey(String)
    /// `Content-Signature`: the older scheme. `key` is the Application key, 16 hexadecimal digits.
    case applicationKey(id: Int, key: String)
}

extension Authentication: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The scheme, and the Application where the scheme names one; never the key.
    public var description: String {
        switch self {
        case .apiKey: "API key"
        case .applicationKey(let id, _): "Application key of Application \(id)"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror that shows ``description`` and nothing of the associated values.
    public var customMirror: Mirror { Mirror(self, children: ["scheme": description]) }
}

extension Authentication {
    /// What is wrong with the key, as a sentence that does not show it.
    var flaw: String? {
        switch self {
        case .apiKey(let key):
            if key.isEmpty { return "The API key is empty." }
            guard key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                return "The API key holds a space, a line break or another character that no API key has."
            }
            return nil
        case .applicationKey(let id, let key):
            if id <= 0 { return "The Application id must be a positive number." }
            return ContentSignature(id: id, hexadecimalKey: key) == nil
                ? "The Application key must be exactly 16 hexadecimal digits." : nil
        }
    }
}
