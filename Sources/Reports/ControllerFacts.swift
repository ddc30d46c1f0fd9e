/// The parts of an answer to an access request that only the controller can write (Art. 15(1) and (2) GDPR).
///
/// Everything is optional, because a letter must be sent in time. A missing part is named in the letter itself, in a box
/// for the controller to complete. Empty texts count as missing.
public struct ControllerFacts: Sendable, Hashable {
    /// The controller's name.
    public var name: String?
    /// How to reach the controller: lines of an address, an e-mail address.
    public var contact: [String]
    /// How to reach the data protection officer, if there is one.
    public var dataProtectionOfficer: String?
    /// The supervisory authority for a complaint, with its address.
    public var supervisoryAuthority: String?
    /// What the data is used for: Art. 15(1)(a).
    public var purposes: [String]
    /// Who receives the data, by name: Art. 15(1)(c).
    public var recipients: [String]
    /// How long the data is kept, or how that is decided: Art. 15(1)(d).
    public var retention: String?
    /// The source of data that the customer did not provide: Art. 15(1)(g).
    public var source: String?
    /// Safeguards for transfers to third countries, or that there are none: Art. 15(2).
    public var transfers: String?
    /// Automated decisions with their logic and consequences, or that there are none: Art. 15(1)(h).
    public var automatedDecisions: String?

    /// Collects the facts; a fact that is left out is named as missing in the letter.
    public init(
        name: String? = nil,
        contact: [String] = [],
        dataProtectionOfficer: String? = nil,
        supervisoryAuthority: String? = nil,
        purposes: [String] = [],
        recipients: [String] = [],
        retention: String? = nil,
        source: String? = nil,
        transfers: String? = nil,
        automatedDecisions: String? = nil
    ) {
        self.name = name
        self.contact = contact
        self.dataProtectionOfficer = dataProtectionOfficer
        self.supervisoryAuthority = supervisoryAuthority
        self.purposes = purposes
        self.recipients = recipients
        self.retention = retention
        self.source = source
        self.transfers = transfers
        self.automatedDecisions = automatedDecisions
    }

    /// The letter's variables: each fact under its name when it is there, and `missingName` and so on when it is not.
    var view: [String: Any] {
        var view: [String: Any] = [:]
        func put(_ name: String, _ value: Any?) {
            if let value {
                view[name] = value
            } else {
                view["missing\(name.prefix(1).uppercased())\(name.dropFirst())"] = true
                view["missingAny"] = true
            }
        }
        put("name", Self.present(name))
        put("contact", Self.present(contact))
        put("purposes", Self.present(purposes))
        put("recipients", Self.present(recipients))
        put("retention", Self.present(retention))
        put("source", Self.present(source))
        put("transfers", Self.present(transfers))
        put("automatedDecisions", Self.present(automatedDecisions))
        put("supervisoryAuthority", Self.present(supervisoryAuthority))
        view["dataProtectionOfficer"] = Self.present(dataProtectionOfficer)
        return view
    }

    /// The facts that are missing, by their names in the configuration.
    public var missing: [String] {
        view.keys.filter { $0.hasPrefix("missing") && $0 != "missingAny" }.map { key in
            let name = key.dropFirst("missing".count)
            return name.prefix(1).lowercased() + name.dropFirst()
        }.sorted()
    }

    private static func present(_ text: String?) -> String? {
        guard let text, !text.allSatisfy(\.isWhitespace) else { return nil }
        return text
    }

    private static func present(_ texts: [String]) -> [String]? {
        let lines = texts.compactMap { present($0) }
        return lines.isEmpty ? nil : lines
    }
}
