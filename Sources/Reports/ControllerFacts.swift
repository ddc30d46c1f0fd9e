public import SubjectRequests

/// The parts of a letter that only the controller can write (Art. 12(4), 13, 15(1) and (2) GDPR).
///
/// Everything is optional in a configuration. A letter is made only where all that it must contain is there: until then the
/// request waits. Empty texts count as missing.
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
    /// How long the evidence of a procedure is kept, in words that end a sentence: "for three years".
    public var evidenceRetention: String?
    /// The source of data that the customer did not provide: Art. 15(1)(g).
    public var source: String?
    /// Safeguards for transfers to third countries, or that there are none: Art. 15(2).
    public var transfers: String?
    /// Automated decisions with their logic and consequences, or that there are none: Art. 15(1)(h).
    public var automatedDecisions: String?

    /// Collects the facts; nothing is checked.
    public init(
        name: String? = nil,
        contact: [String] = [],
        dataProtectionOfficer: String? = nil,
        supervisoryAuthority: String? = nil,
        purposes: [String] = [],
        recipients: [String] = [],
        retention: String? = nil,
        evidenceRetention: String? = nil,
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
        self.evidenceRetention = evidenceRetention
        self.source = source
        self.transfers = transfers
        self.automatedDecisions = automatedDecisions
    }

    /// The letter's variables: each fact under its name when it is there.
    var view: [String: Any] {
        var view: [String: Any] = [:]
        view["name"] = Self.present(name)
        view["contact"] = Self.present(contact)
        view["purposes"] = Self.present(purposes)
        view["recipients"] = Self.present(recipients)
        // Talon.One is a recipient of every controller: it is named once, in the controller's words where there are any.
        view["namesTalonOne"] = recipients.contains { $0.lowercased().contains("talon.one") }
        view["retention"] = Self.present(retention)
        view["evidenceRetention"] = Self.present(evidenceRetention)
        view["source"] = Self.present(source)
        view["transfers"] = Self.present(transfers)
        view["automatedDecisions"] = Self.present(automatedDecisions)
        view["supervisoryAuthority"] = Self.present(supervisoryAuthority)
        view["dataProtectionOfficer"] = Self.present(dataProtectionOfficer)
        return view
    }

    /// The facts that the answer to a request must contain and that are missing, by their names in the configuration:
    /// `controller.purposes`.
    public func missing(for right: Right) -> [String] {
        let view = view
        var needed = ["name", "contact", "supervisoryAuthority"]
        switch right {
        case .access:
            needed += ["purposes", "recipients", "retention", "source", "transfers", "automatedDecisions"]
        case .erasure: needed.append("evidenceRetention")
        case .portability, .rectification: break
        }
        return needed.filter { view[$0] == nil }.map { "controller.\($0)" }
    }

    /// The rights whose answers are not complete.
    public var incompleteRights: [Right] { Right.allCases.filter { !missing(for: $0).isEmpty } }

    /// The facts that the answer to any request must contain and that are missing, by their names in the configuration.
    public var missing: [String] { Set(Right.allCases.flatMap(missing(for:))).sorted() }

    /// What is missing, and what that holds back, in one sentence without a full stop; `nil` where nothing is.
    public var problem: String? {
        let missing = missing
        guard !missing.isEmpty else { return nil }
        let rights = incompleteRights.map(\.rawValue).joined(separator: ", ")
        return
            "the configuration lacks \(missing.joined(separator: ", ")); requests for \(rights) wait until it has them"
    }

    /// - Throws: ``ReportsError`` where the answer to a request lacks an obligatory fact, so that none leaves incomplete.
    func requireAll(for right: Right) throws {
        let missing = missing(for: right)
        guard missing.isEmpty else {
            throw ReportsError(
                .incomplete,
                "the letter lacks texts of the controller: \(missing.joined(separator: ", "))"
            )
        }
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
