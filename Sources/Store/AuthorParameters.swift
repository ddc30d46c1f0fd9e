import Postgres
import SubjectRequests

extension Author {
    /// The run's number; `nil` for an operator.
    var run: Int64? {
        switch self {
        case .run(let run): run
        case .operator: nil
        }
    }

    /// The two last parameters of `dsr.append_evidence`: the run's number, or the facts of an operator.
    var parameters: [any PostgresEncodable] {
        switch self {
        case .run(let run): [run, PostgresJSON?.none]
        case .operator(let author): [Int64?.none, author.facts]
        }
    }
}

extension Author.Operator {
    private struct Facts: Encodable {
        let environment: String, version: String, actor: String
    }

    /// What log entries say of the operator; `dsr.append_evidence` puts it into the order of a run's facts.
    var facts: PostgresJSON? {
        try? PostgresJSON(encoding: Facts(environment: environment.rawValue, version: version, actor: name))
    }
}
