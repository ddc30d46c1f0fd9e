import Foundation
import Postgres

/// Who does something that the evidence tells of.
public enum Author: Sendable, Hashable {
    /// A run; its facts stand in its row.
    case run(Int64)
    /// A person, by a command.
    case person(Person)

    /// A person at a command, as the evidence names them.
    public struct Person: Sendable, Hashable {
        /// The login name.
        public let actor: String
        /// `live` or `sandbox`, and dsr's version.
        public let environment: String, version: String

        /// A person who uses this software on that environment.
        public init(actor: String, environment: String, version: String) {
            self.actor = actor
            self.environment = environment
            self.version = version
        }
    }

    /// The two last parameters of `dsr.append_evidence`: the run's number, or a person's facts.
    var parameters: [any PostgresEncodable] {
        switch self {
        case .run(let run): [run, PostgresJSON?.none]
        case .person(let person): [Int64?.none, person.facts]
        }
    }
}

extension Author.Person {
    /// In the order in which a run's facts stand in its leaves.
    fileprivate var facts: PostgresJSON {
        let members = [("environment", environment), ("version", version), ("actor", actor)]
        let text = members.map { name, value in #""\#(name)":\#(Self.quoted(value))"# }.joined(separator: ",")
        return PostgresJSON("{\(text)}")
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}
