import AsyncHTTPClient
import Foundation
import SubjectRequests
import TalonOne

/// Five customers of an outdoor shop, created by the operations that the shop itself calls.
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

    private struct Customer {
        let id: String, attributes: [String: JSONValue], totals: [String], coupon: String?
    }

    private static let customers = [
        Customer(
            id: "customer-1001",
            attributes: ["Name": "Zoë Lindqvist", "Email": "zoe@example.com", "City": "Malmö", "Newsletter": true],
            totals: ["129.90", "18.05"],
            coupon: "AUTUMN10"
        ),
        Customer(
            id: "customer-1002",
            attributes: ["Name": "Amadou Diallo", "Email": "amadou@example.com", "City": "Lille"],
            totals: ["349.00"],
            coupon: "TENT-LAUNCH"
        ),
        Customer(
            id: "customer-1003",
            attributes: ["Name": "Greta O'Brien", "Email": "greta@example.com", "City": "Cork"],
            totals: ["75.20"],
            coupon: "AUTUMN20"
        ),
        Customer(
            id: "customer-1004",
            attributes: ["Name": "Jiří Novák", "Email": "jiri@example.com", "City": "Brno"],
            totals: ["12.34"],
            coupon: nil
        ),
        Customer(
            id: "customer-1005",
            attributes: ["Name": "Inês Carvalho", "Email": "ines@example.com", "City": "Porto"],
            totals: [],
            coupon: "WELCOME5"
        ),
    ]

    static func create(at baseURL: String) async throws {
        let configuration = try TalonOneConfiguration(baseURL: baseURL, authentication: .apiKey("sandbox"))
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: TalonOneClient.httpClientConfiguration(connections: 1)
        )
        try await withResource(http, close: { try? await $0.shutdown() }) { http in
            let client = TalonOneClient(configuration: configuration, http: http)
            for customer in customers { try await create(customer, with: client) }
            _ = try await client.createReferral(
                NewReferral(
                    campaignId: 2,
                    advocateProfileIntegrationId: "customer-1001",
                    friendProfileIntegrationId: "customer-1002"
                )
            )
        }
    }

    private static func create(_ customer: Customer, with client: TalonOneClient) async throws {
        _ = try await client.updateCustomerProfile(
            integrationId: customer.id,
            NewCustomerProfile(attributes: customer.attributes)
        )
        for (number, total) in customer.totals.enumerated() {
            _ = try await client.updateCustomerSession(
                customerSessionId: "\(customer.id)-order-\(number + 1)",
                NewCustomerSession(profileId: customer.id, state: .closed, total: Decimal(string: total))
            )
        }
        _ = try await client.trackEvent(
            NewEvent(
                type: "newsletter_opened",
                attributes: ["Issue": 11],
                sessionId: "\(customer.id)-visit",
                profileId: customer.id
            )
        )
        if let coupon = customer.coupon {
            _ = try await client.createCouponReservation(couponValue: coupon, integrationIds: [customer.id])
        }
        Terminal.out(
            "  \(customer.id): profile, \(customer.totals.count.counted("order")), 1 event, \(customer.coupon ?? "no reservation")"
        )
    }
}
