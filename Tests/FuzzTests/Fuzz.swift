import Foundation
import TestEnvironment
import Testing

/// What a fuzz run is drawn from: a seed, and how much is drawn.
///
/// The seed is in every failure. With it and the number of the case, the same input is drawn again.
struct Fuzz: Sendable {
    let seed: UInt64
    /// A multiple of what each test run draws.
    let rounds: Int

    /// The seed and the rounds of `DSR_TEST_FUZZ_SEED` and `DSR_TEST_FUZZ_ROUNDS`; 1 and 1 where they are not set.
    static func drawn() throws -> Fuzz {
        func number(_ name: String, upTo limit: UInt64) throws -> UInt64 {
            guard let text = ProcessInfo.processInfo.environment[name] else { return 1 }
            return try #require(
                UInt64(text).flatMap { (1...limit).contains($0) ? $0 : nil },
                "\(name) is 1 to \(limit)"
            )
        }
        let fuzz = Fuzz(
            seed: try number("DSR_TEST_FUZZ_SEED", upTo: .max),
            rounds: Int(try number("DSR_TEST_FUZZ_ROUNDS", upTo: 100_000))
        )
        return fuzz
    }

    /// The chance of one case. What another case draws does not change it.
    func chance(_ kind: String, _ number: Int) -> Chance {
        Chance(
            seed: kind.utf8.reduce(seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number)) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01B3
            }
        )
    }

    /// The exit codes that README states. Any other is a crash, or an end that nobody has thought of.
    private static let codes: Set<Int32> = [0, 1, 64, 69, 75, 77, 78]

    /// Records an issue where the binary crashed, hung, or repeated what must not be repeated.
    ///
    /// - Parameter input: The input, to try it by hand.
    func check(
        _ ended: TestEnvironment.Ended,
        _ kind: String,
        _ number: Int,
        _ input: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let said = ended.out + ended.err
        #expect(
            Self.codes.contains(ended.code),
            "exit \(ended.code); seed \(seed), \(kind) \(number): \(input)\n\(said.suffix(2_000))",
            sourceLocation: sourceLocation
        )
        // The path of the configuration file is named.
        #expect(
            !said.replacing("the configuration file \(Self.canary)", with: "").contains(Self.canary),
            "the canary is in the output; seed \(seed), \(kind) \(number): \(input)\n\(said.suffix(2_000))",
            sourceLocation: sourceLocation
        )
    }

    /// What no output may contain. With an @ it is no key of a configuration file, which an error may name.
    static let canary = "canary@person-7f3a"
}

/// Numbers from a seed (SplitMix64).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func one<Element>(of list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &self)] }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    /// Whether something happens that does so once in `count` times.
    mutating func once(in count: Int) -> Bool { number(1...count) == 1 }

    /// Changes bytes: flips, deletes, inserts, repeats, cuts, and puts in what is special somewhere.
    mutating func mutate(_ bytes: [UInt8], times: Int) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<times {
            guard !bytes.isEmpty else {
                bytes = Array(one(of: Self.special).utf8)
                continue
            }
            let place = number(0...(bytes.count - 1))
            let end = min(bytes.count, place + number(1...40))
            switch number(1...8) {
            case 1: bytes[place] ^= UInt8(1 << number(0...7))
            case 2: bytes[place] = UInt8(number(0...255))
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 5: bytes.removeSubrange(place...)
            case 6, 7: bytes.insert(contentsOf: Array(one(of: Self.special).utf8), at: place)
            default: bytes.swapAt(place, number(0...(bytes.count - 1)))
            }
        }
        return bytes
    }

    static let special = [
        "\0", "\n", "\r\n", "\r\n\r\n", "\t", " ", "\u{1B}[2J", "\u{202E}", "\u{FEFF}", "e\u{301}", "👩‍👩‍👧", "-", "--", "=",
        "/", "//", "..",
        "\"", "'", "\\", "{", "}", "[", "]", "[[[[[[[[", ":", "&a", "*a", "!!int", "<<", "|", ">", "%", "%00", "@", "#",
        "null", "true",
        "0", "-1", "1e999999", "-0", "00", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "0.1e-400", "NaN",
        "\\u0000", "\\ud800", "__proto__", "2026-02-30", "9999-12-31T23:59:60Z", String(repeating: "9", count: 400),
        String(repeating: "a", count: 5_000), Fuzz.canary,
    ]
}
