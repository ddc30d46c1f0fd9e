/// The credentials of a client, for one Talon.One Application in one environment.
///
/// Printing, debugging and `dump` show the scheme, never a key.
public enum Authentication: Sendable {
    /// The current scheme: `Authorization: ApiKey-v1 <key>`.
    case apiKey(String)
    /// The older scheme: `Content-Signature`. `key` is the Application key, 16 hexadecimal digits.
    case applicationKey(id: Int, key: String)
}

extension Authentication: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The scheme, with the Application's id where the scheme has one; never the key.
    public var description: String {
        switch self {
        case .apiKey: "API key"
        case .applicationKey(let id, _): "Application key of Application \(id)"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror that shows ``description`` and no associated value.
    public var customMirror: Mirror { Mirror(self, children: ["scheme": description]) }
}

extension Authentication {
    /// Checks the form of the credentials.
    ///
    /// - Throws: ``TalonOneError/Code-swift.struct/invalidConfiguration``, whose description does not show the key.
    public func validate() throws(TalonOneError) {
        if let problem { throw .misconfigured(problem) }
    }

    /// Why the credentials cannot be valid, without the key; `nil` if they can be.
    var problem: String? {
        switch self {
        case .apiKey(let key):
            if key.isEmpty { return "the API key is empty" }
            guard key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                return "the API key contains a space, a line break or another character that no API key has"
            }
            // Longer ones are refused by servers, as headers.
            return key.utf8.count > 4_096 ? "the API key is longer than any API key" : nil
        case .applicationKey(let id, let key):
            if id <= 0 { return "the Application id must be a positive number" }
            return ContentSignature(id: id, hexadecimalKey: key) == nil
                ? "the Application key must be exactly 16 hexadecimal digits" : nil
        }
    }

    /// The settings of dsr that hold the credentials, for advice to the operator.
    var settings: String {
        switch self {
        case .apiKey: "TALON_ONE_API_KEY"
        case .applicationKey: "TALON_ONE_APPLICATION_ID and TALON_ONE_APPLICATION_KEY"
        }
    }
}
