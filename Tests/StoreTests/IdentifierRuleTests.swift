import Postgres
import Store
import SubjectRequests
import Testing

@Suite("The rule for identifiers is one, in Swift and in the database")
struct IdentifierRuleTests {
    @Test("the database's lists of characters are those of Unicode's categories, over all characters")
    func characters() async throws {
        let database = try await Database.fresh()
        let found = try await database.texts(
            """
            select n from generate_series(1, 1114111) n
            where n not between 55296 and 57343
              and chr(n) ~ ('[' || dsr.control_characters() || dsr.format_characters() || ']')
            order by n
            """
        ).compactMap { $0.flatMap(UInt32.init) }
        // Postgres stores no U+0000.
        let expected = (1...0x10FFFF as ClosedRange<UInt32>).filter { Unicode.Scalar($0)?.isHidden == true }
        #expect(found == expected)
    }

    @Test("both give the same verdict with the same sentence, wherever in the identifier a character is")
    func verdicts() async throws {
        let database = try await Database.fresh()
        let scalars = (1...0x10FFFF as ClosedRange<UInt32>).compactMap { Unicode.Scalar($0) }
            .filter { $0.isHidden || $0.properties.isWhitespace || $0.value % 1_999 == 0 }
        var identifiers = ["", ".", "..", "...", " ", "a b", "a  b", "Ärger", "ada@example.com", "\"c-6\"", ". ", "😀"]
        identifiers += [String(repeating: "x", count: 1_000), String(repeating: "😀", count: 1_001)]
        identifiers += [String(repeating: " ", count: 1_001), "e\u{301}", "\u{FEFF}", "\u{FEFF} "]
        for scalar in scalars {
            identifiers += ["\(scalar)", "\(scalar)b", "a\(scalar)b", "a\(scalar)", "a \(scalar)"]
        }
        let said = try await database.texts(
            "select dsr.identifier_problem(t) from unnest($1::text[]) with ordinality as u (t, n) order by n",
            identifiers
        )
        let swiftSays = identifiers.map { text -> String? in
            do throws(InvalidRequest) {
                _ = try SubjectID(text)
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(said.map { $0.map { "the integration_id \($0)" } } == swiftSays)
        #expect(swiftSays.contains { $0 == nil } && Set(swiftSays).count > 200)
        #expect(try await database.text("select dsr.identifier_problem(null)") == "is empty")
    }
}
