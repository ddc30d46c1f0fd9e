import Foundation

/// A parser of JSON (RFC 8259) that reads what the API's Go reads: numbers of the size of a double, and half of a surrogate
/// pair as U+FFFD. Foundation refuses both as if they were not JSON.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    private static let maximumDepth = 512

    init(_ data: Data) { bytes = Array(data) }

    /// The whole text as one value.
    mutating func parse() throws(JSON.Invalid) -> JSON {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notJSON }
        let value = try value()
        skipBlanks()
        guard position == bytes.count else { throw .notJSON }
        return value
    }

    private mutating func value() throws(JSON.Invalid) -> JSON {
        skipBlanks()
        guard depth < Self.maximumDepth else { throw .tooDeep }
        depth += 1
        defer { depth -= 1 }
        switch next {
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func members() throws(JSON.Invalid) -> [String: JSON] {
        var members: [String: JSON] = [:]
        try sequence(until: "}") { parser throws(JSON.Invalid) in
            parser.skipBlanks()
            guard parser.next == UInt8(ascii: "\"") else { throw .notJSON }
            let name = try parser.string()
            parser.skipBlanks()
            guard parser.take(":") else { throw .notJSON }
            // The last one of two equal names counts, as in Go.
            members[name] = try parser.value()
        }
        return members
    }

    private mutating func elements() throws(JSON.Invalid) -> [JSON] {
        var elements: [JSON] = []
        try sequence(until: "]") { parser throws(JSON.Invalid) in elements.append(try parser.value()) }
        return elements
    }

    private mutating func sequence(
        until end: Unicode.Scalar,
        _ element: (inout JSONParser) throws(JSON.Invalid) -> Void
    ) throws(JSON.Invalid) {
        position += 1
        skipBlanks()
        if take(end) { return }
        while true {
            try element(&self)
            skipBlanks()
            if take(end) { return }
            guard take(",") else { throw .notJSON }
        }
    }

    // MARK: - Strings

    private mutating func string() throws(JSON.Invalid) -> String {
        position += 1
        var result: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"): result += try escaped().utf8
            case ..<0x20: throw .notJSON
            default: result.append(byte)
            }
        }
        throw .notJSON
    }

    private mutating func escaped() throws(JSON.Invalid) -> String {
        guard let byte = next else { throw .notJSON }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(Unicode.Scalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return String(try scalar())
        default: throw .notJSON
        }
    }

    private mutating func scalar() throws(JSON.Invalid) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let start = position
        if unit < 0xDC00, take("\\"), take("u"), let low = try? codeUnit(), (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        {
            return scalar
        }
        // Half of a pair alone.
        position = start
        return "\u{FFFD}"
    }

    private mutating func codeUnit() throws(JSON.Invalid) -> UInt16 {
        guard position + 4 <= bytes.count else { throw .notJSON }
        let digits = bytes[position..<position + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .notJSON }
        position += 4
        return unit
    }

    // MARK: - Numbers and words

    private mutating func number() throws(JSON.Invalid) -> JSON {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let double = Double(text) else { throw .notJSON }
        guard double.isFinite else { throw .numberOutOfRange }
        let mantissa = text.prefix { $0 != "e" && $0 != "E" }
        let exponent = text.count > mantissa.count ? Int(text.dropFirst(mantissa.count + 1)) : 0
        // Foundation's decimal has 38 digits, and exponents up to 127.
        guard let exponent, abs(exponent) < 64, mantissa.count(where: \.isNumber) <= 38,
            let decimal = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        else { return .literal(text) }
        return .number(decimal)
    }

    private mutating func digits() throws(JSON.Invalid) {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw .notJSON }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSON.Invalid) -> JSON {
        let text = Array("\(word)".utf8)
        guard bytes[position...].starts(with: text) else { throw .notJSON }
        position += text.count
        return value
    }

    // MARK: - Bytes

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard let next, next == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let next, [0x20, 0x09, 0x0A, 0x0D].contains(next) { position += 1 }
    }
}
