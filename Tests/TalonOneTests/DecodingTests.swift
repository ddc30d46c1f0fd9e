import Foundation
import TalonOne
import Testing

@Suite struct DecodingTests {
    private func decode<Model: Decodable>(_ json: String, as model: Model.Type = Model.self) throws -> Model {
        try JSONDecoder().decode(Model.self, from: Data(json.utf8))
    }

    @Test(
        "an inventory may lack everything, hold nulls, and hold what nobody knows yet",
        arguments: [
            "{}", #"{"profile":null,"referrals":null,"coupons":null}"#, #"{"profile":{}}"#, #"{"new":[1,{"a":null}]}"#,
            #"{"profile":{"integrationId":"a","attributes":null,"loyaltyMemberships":null,"lastActivity":"Z07:00"}}"#,
            #"{"achievements":[{"status":"some_new_word","progress":1}]}"#,
            #"{"coupons":[{"value":"ABCD","state":"new_state","implicitlyReserved":null}]}"#,
            #"{"loyalty":{"programs":{"1":{"ledger":{"currentBalance":1,"currentTier":{"id":1}}}},"cards":[{"profiles":[{}]}]}}"#,
        ]
    )
    func tolerance(json: String) throws {
        _ = try decode(json, as: CustomerInventory.self)
    }

    @Test("an unknown word is kept as it came")
    func unknownWord() throws {
        let inventory = try decode(#"{"achievements":[{"status":"paused"}]}"#, as: CustomerInventory.self)
        #expect(inventory.achievements?.first?.status == AchievementStatus(rawValue: "paused"))
    }

    @Test(
        "money is exact",
        arguments: [
            ("0.1", "0.1"), ("12345678901234.56", "12345678901234.56"), ("1e2", "100"), ("-0.07", "-0.07"),
            ("0.30000000000000004", "0.30000000000000004"), ("9007199254740993", "9007199254740993"),
        ]
    )
    func money(json: String, text: String) throws {
        let profile = try decode(#"{"totalSales":\#(json),"attributes":{"m":\#(json)}}"#, as: CustomerProfile.self)
        #expect(profile.totalSales == Decimal(string: text))
        #expect(profile.attributes?["m"] == Decimal(string: text).map { .number($0) })
        #expect(profile.totalSales?.description == text)
    }

    @Test(
        "a timestamp has up to nine fractional digits and any offset",
        arguments: [
            ("2020-04-29T10:00:00Z", 1_588_154_400.0), ("2020-04-29T10:00:00.5Z", 1_588_154_400.5),
            ("2020-04-29T10:00:00.123456Z", 1_588_154_400.123456),
            ("2020-04-29T10:00:00.123456789Z", 1_588_154_400.123456789),
            ("2020-04-29T12:00:00.25+02:00", 1_588_154_400.25), ("2020-04-29t04:30:00-05:30", 1_588_154_400),
        ]
    )
    func timestamps(text: String, seconds: Double) throws {
        let profile = try decode(#"{"created":"\#(text)"}"#, as: CustomerProfile.self)
        #expect(profile.created?.rawValue == text)
        #expect(abs((profile.created?.date?.timeIntervalSince1970 ?? 0) - seconds) < 0.000_001)
    }

    @Test(
        "a malformed timestamp keeps its text",
        arguments: [
            "Z07:00", "", "yesterday", "2020-04-29T10:00:00.Z", "2020-04-29T10:00:00.1234567890Z", "2020-04-29",
        ]
    )
    func malformedTimestamps(text: String) throws {
        let profile = try decode(#"{"created":"\#(text)"}"#, as: CustomerProfile.self)
        #expect(profile.created?.rawValue == text)
        #expect(profile.created?.date == nil)
    }

    @Test("free-form attributes survive a round trip, null included")
    func freeForm() throws {
        let json = #"{"a":null,"b":[true,{"c":"ü"},1.50],"d":{}}"#
        let value = try decode(json, as: JSONValue.self)
        #expect(value == ["a": nil, "b": [true, ["c": "ü"], .number(Decimal(string: "1.5") ?? 0)], "d": [:]])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(
            String(decoding: try encoder.encode(value), as: UTF8.self) == #"{"a":null,"b":[true,{"c":"ü"},1.5],"d":{}}"#
        )
    }

    @Test("effects of version 1 are lists, and ids do not pass through floating point")
    func effects() throws {
        let state = try decode(
            #"{"event":{"id":9223372036854775807,"effects":[[1,2,3,["acceptCoupon","A"]]]},"session":{"state":"odd"}}"#,
            as: IntegrationState.self
        )
        #expect(state.event?.id == .max)
        #expect(state.event?.effects == [[1, 2, 3, ["acceptCoupon", "A"]]])
        #expect(state.session?.state?.rawValue == "odd")
    }

    @Test(
        "Retry-After is read in every form of RFC 9110, and garbage is none",
        arguments: [
            ("120", RetryAfter.seconds(120)), ("0", .seconds(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .date(Date(timeIntervalSince1970: 784_111_777))),
            ("Sunday, 06-Nov-94 08:49:37 GMT", .date(Date(timeIntervalSince1970: 784_111_777))),
            ("Sun Nov  6 08:49:37 1994", .date(Date(timeIntervalSince1970: 784_111_777))),
            ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("99999999999999999999", nil), ("٣", nil),
        ] as [(String, RetryAfter?)]
    )
    func retryAfter(header: String, value: RetryAfter?) {
        #expect(RetryAfter(header) == value)
    }
}
