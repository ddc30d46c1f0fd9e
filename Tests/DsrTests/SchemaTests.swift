import Foundation
import Schemas
import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

@testable import Notary

@Suite("Published schemas")
struct SchemaTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let isRequired = ProcessInfo.processInfo.environment["DSR_TEST_PYTHON"] == "required"

    /// A Python that has the package jsonschema: the first in the path, or Debian's.
    private static let python: String? = {
        ["python3", "/usr/bin/python3"].first { name in
            let probe = Process()
            probe.executableURL = URL(filePath: "/usr/bin/env")
            probe.arguments = [name, "-c", "from jsonschema import Draft202012Validator"]
            probe.standardError = FileHandle.nullDevice
            guard (try? probe.run()) != nil else { return false }
            probe.waitUntilExit()
            return probe.terminationStatus == 0
        }
    }()

    /// A document and what its schema leaves open.
    private struct Item {
        let name: String, format: PublishedSchema, document: Data
        var free: [String] = [], maps: [String] = []
        var required: [String]?

        func object() throws -> [String: Any] {
            var item: [String: Any] = [
                "name": name, "schema": try JSONSerialization.jsonObject(with: format.text),
                "document": try JSONSerialization.jsonObject(with: document), "free": free, "maps": maps,
            ]
            item["required"] = required
            return item
        }
    }

    @Test(
        "real documents of a run are valid by their schemas, and none is with an unknown member or without one",
        .enabled(if: python != nil || isRequired, "no Python with the package jsonschema is installed")
    )
    func documents() async throws {
        let python = try #require(Self.python, "install python3-jsonschema")
        let environment = [
            "DSR_REPORTS_CONTROLLER_COPY": "true", "DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_FAILURE_BUDGET": "1",
            "DSR_EVIDENCE_ATTRIBUTE_NAMES": "true",
        ]
        try await TestEnvironment.withEvidence(environment: environment) { env, _ in
            try await Self.act(in: env)
            var items = [
                Item(
                    name: "report",
                    format: .report,
                    document: Data(try await env.dsr("report", "--json").expect(0).out.utf8)
                ),
                Item(
                    name: "crashed run in the trend",
                    format: .report,
                    document: Data(try await env.dsr("report", "3", "--json").expect(0).out.utf8)
                ),
                Item(
                    name: "delivered report",
                    format: .report,
                    document: try #require(env.file("000000-run-1.json") ?? Self.file("-run-1.json", in: env))
                ),
                Item(
                    name: "month",
                    format: .month,
                    document: Data(
                        try await env.dsr("report", "--month", Self.thisMonth, "--json").expect(0).out.utf8
                    )
                ),
            ].map { item in
                var item = item
                item.maps = ["completed", "waiting", "attention"]
                return item
            }
            for ending in ["-request-1-export.json", "-request-1-controller.json", "-request-2-export.json"] {
                var item = Item(name: ending, format: .export, document: try #require(Self.file(ending, in: env)))
                item.free = ["inventory", "reserved_coupons"]
                items.append(item)
            }
            let payloads = try await env.texts(
                "select convert_from(payload, 'UTF8') as t from dsr.evidence_payloads order by index"
            )
            #expect(payloads.count > 30)
            for (place, payload) in payloads.enumerated() {
                var item = Item(name: "entry \(place)", format: .evidence, document: Data(payload.utf8))
                item.free = ["log"]
                item.required = ["v", "index", "time", "event", "role"]
                items.append(item)
            }
            let events = Set(
                try await env.texts("select distinct event as t from dsr.evidence_leaves order by 1")
            )
            #expect(
                events.isSuperset(of: ["sending", "held", "delivered", "policy_changed", "lease_lost", "run_ended"])
            )
            let input = try JSONSerialization.data(withJSONObject: try items.map { try $0.object() })
            let result = try await Subprocess.run(
                .name(python.hasPrefix("/") ? python : "python3"),
                arguments: [Self.folder.appending(path: "validate.py").path],
                input: .array([UInt8](input)),
                output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 16)
            )
            try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
            let lines = result.standardOutput.split(separator: "\n")
            #expect(lines.count == 1, "\(lines.prefix(20).joined(separator: "\n"))")
            #expect(try #require(lines.last).hasPrefix("\(items.count) documents, "))
        }
    }

    /// Runs in which there is something of each kind.
    private static func act(in env: TestEnvironment) async throws {
        for customer in ["anna", "ben", "cleo"] { try await env.makeCustomer(customer) }
        try await env.submit((.access, "anna"), (.portability, "ben"), (.rectification, "ben"), (.erasure, "cleo"))
        try await env.submit((.access, "nobody"), (.access, "fails"))
        await env.sandbox.install(
            SandboxFault(.status(code: 400, body: "{}"), match: SandboxMatch(identifier: "fails"))
        )
        try await env.dsr("run").expect(1)
        try await env.dsr(
            "requests",
            "hold",
            "--subject",
            "anna",
            "--ground",
            "b",
            "--law",
            "x",
            "--review-on",
            "2099-01-01",
            "--ticket",
            "T-1"
        ).expect(0)
        try await env.submit((.access, "ben"), (.access, "malformed"))
        try await env.tamper("update dsr.subject_requests set kind = 'acces' where integration_id = 'malformed'")
        let waiting = try await env.submit(.erasure, "dora")
        try await env.sql("select dsr.set_policy('{\"erasure_wait_days\": 3}', 'T-1', '{\"actor\": \"x\"}')")
        // A run that crashed with a claimed request.
        try await env.sql("select dsr.begin_run(3600000, 'host', 1, '1.0', 'sandbox', 'x', 'all')")
        try await env.tamper(
            """
            update dsr.subject_requests set state = 'running', run_id = 2, claim_no = 1, claimed_at = now(), \
            admitted_at = now(), notice_by = current_date + 30, answer_by = current_date + 30, \
            latest_lawful = current_date + 30, time_zone = 'GMT', subject_commitment = sha256('x') \
            where id = \(waiting - 2);
            insert into dsr.request_salts values (\(waiting - 2), sha256('salt'));
            update dsr.evidence_head set requests_running = requests_running + 1
            """
        )
        try await env.expireLeases()
        try await env.dsr("run").expect(1)
        let failed = try await env.count("select id from dsr.subject_requests where integration_id = 'fails'")
        try await env.dsr("requests", "cancel", "\(failed)", "--ticket", "T-1").expect(0)
    }

    private static func file(_ ending: String, in env: TestEnvironment) -> Data? {
        let names = try? FileManager.default.contentsOfDirectory(atPath: env.reports)
        return names?.first { $0.hasSuffix(ending) }.flatMap { env.file($0) }
    }

    private static var thisMonth: String {
        CivilMonth(of: CivilDate(Date(), in: .gmt)).description
    }

    @Test("dsr schema prints each schema without a database, and its words are those of the program")
    func printed() async throws {
        for format in PublishedSchema.allCases {
            let printed = try await TestEnvironment.run(["schema", format.rawValue], [:]).expect(0)
            #expect(Data(printed.out.utf8) == format.text)
            let schema = try #require(try JSONSerialization.jsonObject(with: format.text) as? [String: Any])
            #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
            #expect(schema["$id"] as? String == "urn:dsr:schema:\(format.rawValue):1")
        }
        let wrong = try await TestEnvironment.run(["schema", "customer-42"], [:]).expect(64)
        #expect(!wrong.err.contains("customer-42"))

        let entry = try #require(
            try JSONSerialization.jsonObject(with: PublishedSchema.evidence.text) as? [String: Any]
        )
        let members = try #require(entry["properties"] as? [String: [String: Any]])
        #expect(Set(members.keys) == LeafFields.givenMembers.union(LeafFields.ownMembers))
        #expect(members["outcome"]?["enum"] as? [String] == Outcome.allCases.map(\.rawValue))
        #expect(members["waiting_for"]?["enum"] as? [String] == Gate.allCases.map(\.rawValue))
        #expect(members["state"]?["enum"] as? [String] == RequestState.allCases.map(\.rawValue))
        #expect(members["right"]?["enum"] as? [String] == Right.allCases.map(\.rawValue))

        let report = String(decoding: PublishedSchema.report.text, as: UTF8.self)
        for word in DecisionCount.Kind.allCases.map(\.rawValue) + DecisionCount.Role.allCases.map(\.rawValue) {
            #expect(report.contains("\"\(word)\""), "\(word)")
        }
    }
}
