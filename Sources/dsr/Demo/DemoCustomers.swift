import AsyncHTTPClient
import Foundation
import TalonOne

/// A handful of customers of an outdoor shop, made by the operations that the shop itself would call.
enum DemoCustomers {
    static let erased = "customer-1003"
    static let left = "customer-1005"

    static let requests = """
        insert into dsr.subject_requests (kind, integration_id, ticket) values
            ('access',        'customer-1001', 'DEMO-1'),
            ('portability',   'customer-1002', 'DEMO-2'),
            ('erasure',       'customer-1003', 'DEMO-3'),
            ('access',        'nobody-4711',   'DEMO-4'),
            ('access',        'customer-1004', 'DEMO-5'),
            ('erasure',       'customer-1004', 'DEMO-6');
        insert into dsr.subject_requests (kind, integration_id, ticket, changes) values
            ('rectification', 'customer-1002', 'DEMO-7', '{"City": "Lyon"}');
        """

    private struct Person {
        let id: String, attributes: [String: JSONValue], totals: [String], coupon: String?
    }

    private static let people = [
        Person(
            id: "customer-1001",
            attributes: ["Name": "Zoë Lindqvist", "Email": "zoe@example.com", "City": "Malmö", "Newsletter": true],
            totals: ["129.90", "18.05"],
            coupon: "AUTUMN10"
        ),
        Person(
            id: "customer-1002",
            attributes: ["Name": "Amadou Diallo", "Email": "amadou@example.com", "City": "Lille"],
            totals: ["349.00"],
            coupon: "TENT-LAUNCH"
        ),
        Person(
            id: "customer-1003",
            attributes: ["Name": "Greta O'Brien", "Email": "greta@example.com", "City": "Cork"],
            totals: ["75.20"],
            coupon: "AUTUMN20"
        ),
        Person(
            id: "customer-1004",
            attributes: ["Name": "Jiří Novák", "Email": "jiri@example.com", "City": "Brno"],
            totals: ["12.34"],
            coupon: nil
        ),
        Person(
            id: "customer-1005",
            attributes: ["Name": "Inês Carvalho", "Email": "ines@example.com", "City": "Porto"],
            totals: [],
            coupon: "WELCOME5"
        ),
    ]

    static func create(at baseURL: String) async throws {
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(connections: 1)
        )
        do throws(TalonOneError) {
            let client = TalonOneClient(
                configuration: try TalonOneConfiguration(baseURL: baseURL, authentication: .apiKey("sandbox")),
                http: http
            )
            for person in people { try await create(person, with: client) }
            _ = try await client.createReferral(
                NewReferral(
                    campaignId: 2,
                    advocateProfileIntegrationId: "customer-1001",
                    friendProfileIntegrationId: "customer-1002"
                )
            )
        } catch {
            try? await http.shutdown()
            throw Failure(error)
        }
        try? await http.shutdown()
    }

    private static func create(_ person: Person, with client: TalonOneClient) async throws(TalonOneError) {
        _ = try await client.updateCustomerProfile(
            integrationId: person.id,
            NewCustomerProfile(attributes: person.attributes)
        )
        for (number, total) in person.totals.enumerated() {
            _ = try await client.updateCustomerSession(
                customerSessionId: "\(person.id)-order-\(number + 1)",
                NewCustomerSession(profileId: person.id, state: .closed, total: Decimal(string: total))
            )
        }
        _ = try await client.trackEvent(
            NewEvent(
                type: "newsletter_opened",
                attributes: ["Issue": 11],
                sessionId: "\(person.id)-visit",
                profileId: person.id
            )
        )
        if let coupon = person.coupon {
            _ = try await client.createCouponReservation(couponValue: coupon, integrationIds: [person.id])
        }
        Terminal.out(
            "  \(person.id): profile, \(person.totals.count) orders, an event, \(person.coupon ?? "no reservation")"
        )
    }
}
