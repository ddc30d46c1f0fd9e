/// Configuration files: settings with values of all kinds, and YAML of all forms.
enum FuzzYAML {
    static func file(_ keys: [String], _ chance: inout Chance) -> [UInt8] {
        var lines: [String] = []
        for _ in 0..<chance.number(0...12) {
            switch chance.number(1...10) {
            case 1...6:
                let parts = chance.one(of: keys).split(separator: ".").map(String.init)
                if parts.count > 1, !chance.once(in: 4) {
                    lines.append("\(parts[0]):")
                    lines.append("  \(parts[1]): \(value(&chance))")
                } else {
                    lines.append("\(parts.joined(separator: ".")): \(value(&chance))")
                }
            case 7: lines.append(chance.one(of: forms))
            case 8: lines.append(chance.one(of: Chance.special))
            case 9: lines.append("  \(chance.one(of: Chance.special)): \(value(&chance))")
            default: lines.append(String(repeating: "[", count: chance.number(1...2_000)))
            }
        }
        let text = Array(lines.joined(separator: "\n").utf8)
        return chance.once(in: 3) ? chance.mutate(text, times: chance.number(1...5)) : text
    }

    private static func value(_ chance: inout Chance) -> String {
        chance.once(in: 3) ? chance.one(of: Chance.special) : chance.one(of: values)
    }

    private static let values = [
        "1", "0", "-1", "x", "true", "no", "~", "", "live", "sandbox", "[a, b]", "{a: b}", "[]", "{}", "'", "\"\\x00\"",
        "\"\\uD800\"",
        "|\n  text", ">-\n  text", "!!binary aGVsbG8=", "!!float .inf", "0x10", "1_000", "2026-01-01",
        "https://example.talon.one",
        "http://127.0.0.1:1", "/dev/zero", "/dev/null", "/", ".", "x", "é", "[\(Fuzz.canary)]", "Europe/Berlin", "DE",
        "profile", "!x y",
        "postgresql://u@127.0.0.1:1/x",
    ]

    private static let forms = [
        "---", "...", "--- ---", "%YAML 9.9", "a: &a [*a]", "a: &a {b: *a}", "<<: *none", "? a\n: b", "- a\n- b",
        "a: b\na: c", "\ta: b",
        "a:\n- b\n-  - c", "&x *x", "a: !!python/object:x {}", "'a", "\"a", "a: 'b\n\n\nc'", "#", "a:b", ": :", "? ? ?",
        "{{{{", "*",
    ]
}
