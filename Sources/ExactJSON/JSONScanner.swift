/// Validates bytes against RFC 8259 in one pass and records the position of each value.
///
/// Open containers are kept on an explicit stack, so deep input cannot overflow the call stack.
struct JSONScanner {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private let valueLimit: Int
    private var position = 0
    private var nodes: [JSONTape.Node] = []
    /// The containers that are open, outermost first, as indices into `nodes`.
    private var open: [Int] = []

    init(_ bytes: [UInt8], depthLimit: Int, valueLimit: Int) throws(JSONError) {
        guard bytes.count < Int(UInt32.max) else {
            throw JSONError(.tooLarge, "the JSON is 4 GiB or larger")
        }
        self.bytes = bytes
        self.depthLimit = depthLimit
        self.valueLimit = valueLimit
    }

    /// Reads the whole input as one JSON text.
    mutating func scan() throws(JSONError) -> JSONTape {
        skipWhitespace()
        try scanValue()
        while let container = open.last {
            skipWhitespace()
            try scanInside(container)
        }
        skipWhitespace()
        guard position == bytes.count else { throw invalid("data follows the end of the JSON text") }
        return JSONTape(bytes: bytes, nodes: nodes)
    }

    // The position is on the first byte after the opening bracket, after a value, or after its white space.
    private mutating func scanInside(_ container: Int) throws(JSONError) {
        guard nodes.count <= valueLimit else {
            throw JSONError(.tooManyValues, "the JSON has more than \(valueLimit) values", offset: position)
        }
        let isObject = nodes[container].kind == .object
        let isEmpty = nodes.count == container + 1
        let byte = try current("an array or object is not closed")
        if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            position += 1
            nodes[container].end = UInt32(position)
            nodes[container].next = UInt32(nodes.count)
            open.removeLast()
            return
        }
        if !isEmpty {
            guard byte == UInt8(ascii: ",") else { throw invalid("a comma or a closing bracket is missing") }
            position += 1
            skipWhitespace()
        }
        if isObject {
            guard try current("a member name is missing") == UInt8(ascii: "\"") else {
                throw invalid("a member name is missing")
            }
            try scanString(isKey: true)
            skipWhitespace()
            guard try current("a colon is missing") == UInt8(ascii: ":") else { throw invalid("a colon is missing") }
            position += 1
            skipWhitespace()
        }
        try scanValue()
    }

    private mutating func scanValue() throws(JSONError) {
        switch try current("a value is missing") {
        case UInt8(ascii: "{"): try openContainer(.object)
        case UInt8(ascii: "["): try openContainer(.array)
        case UInt8(ascii: "\""): try scanString(isKey: false)
        case UInt8(ascii: "t"): try scanLiteral("true", .boolean)
        case UInt8(ascii: "f"): try scanLiteral("false", .boolean)
        case UInt8(ascii: "n"): try scanLiteral("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
        default: throw invalid("a value is missing")
        }
    }

    private mutating func openContainer(_ kind: RawJSON.Kind) throws(JSONError) {
        guard open.count < depthLimit else {
            throw JSONError(.tooDeep, "the JSON nests deeper than \(depthLimit) levels", offset: position)
        }
        open.append(nodes.count)
        append(kind, from: position)
        position += 1
    }

    private mutating func scanLiteral(_ text: StaticString, _ kind: RawJSON.Kind) throws(JSONError) {
        let start = position
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for byte in expected {
            guard try current("a literal is cut off") == byte else { throw invalid("a literal is misspelt") }
            position += 1
        }
        append(kind, from: start)
    }

    private mutating func scanNumber() throws(JSONError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if try current("a digit is missing") == UInt8(ascii: "0") {
            position += 1
        } else {
            try scanDigits()
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try scanDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let sign = try current("a digit is missing")
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try scanDigits()
        }
        append(.number, from: start)
    }

    private mutating func scanDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        guard position > start else { throw invalid("a digit is missing") }
    }

    private mutating func scanString(isKey: Bool) throws(JSONError) {
        let start = position
        position += 1
        while true {
            let byte = try current("a string is not closed")
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                append(.string, from: start, isKey: isKey)
                return
            case UInt8(ascii: "\\"): try scanEscape()
            case 0x00..<0x20: throw invalid("a control character in a string is not escaped")
            case 0x20..<0x80: position += 1
            default:
                guard let length = UTF8Sequence.length(in: bytes, at: position) else {
                    throw invalid("a string is not valid UTF-8")
                }
                position += length
            }
        }
    }

    private mutating func scanEscape() throws(JSONError) {
        position += 1
        switch try current("an escape is cut off") {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard Unicode.Scalar(try current("an escape is cut off")).properties.isASCIIHexDigit else {
                    throw invalid("an escape needs four hexadecimal digits")
                }
                position += 1
            }
        default: throw invalid("an escape is unknown")
        }
    }

    private mutating func append(_ kind: RawJSON.Kind, from start: Int, isKey: Bool = false) {
        let next = UInt32(nodes.count + 1)
        nodes.append(.init(start: UInt32(start), end: UInt32(position), next: next, kind: kind, isKey: isKey))
    }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private func current(_ whenMissing: StaticString) throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw invalid(whenMissing) }
        return bytes[position]
    }

    private func invalid(_ reason: StaticString) -> JSONError {
        JSONError(.invalid, "this is not valid JSON: \(reason)", offset: position)
    }
}

/// Well-formed UTF-8 beyond ASCII, by table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing
/// above U+10FFFF.
enum UTF8Sequence {
    /// The length of the sequence that starts here, or nil when it is not well formed.
    static func length(in bytes: [UInt8], at position: Int) -> Int? {
        let (length, second): (Int, ClosedRange<UInt8>)
        switch bytes[position] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
        let rest = bytes[(position + 2)..<(position + length)]
        return rest.allSatisfy { (0x80...0xBF).contains($0) } ? length : nil
    }
}
