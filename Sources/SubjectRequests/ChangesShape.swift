import Foundation

/// The names in a JSON text, and whether the text has one meaning only.
///
/// JSON allows members of the same name, half a surrogate pair, and any depth. Readers differ in what they make of these,
/// so changes that have them are refused.
struct ChangesShape {
    /// The names of the members of the outermost object, in their order.
    private(set) var names: [String] = []

    /// The most objects and arrays that may be open at once: half of what an inventory may have.
    static let depthLimit = 64

    // The names so far in each open object; nil for an open array.
    private var open: [Set<[UInt16]>?] = []

    /// Reads JSON text that was validated.
    ///
    /// - Throws: ``InvalidRequest`` if a name occurs twice in one object, if a text has half a surrogate pair, or if the
    ///   text nests too deep.
    init(_ json: String) throws(InvalidRequest) {
        var rest = Array(json.utf8)[...]
        // Whether the next string is the name of a member.
        var isName = false
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                isName = byte == UInt8(ascii: "{")
                open.append(isName ? [] : nil)
                guard open.count <= Self.depthLimit else {
                    throw InvalidRequest("the changes nest deeper than \(Self.depthLimit) levels")
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
            case UInt8(ascii: ","): isName = open.last.map { $0 != nil } ?? false
            case UInt8(ascii: ":"): isName = false
            case UInt8(ascii: "\""):
                let text = try Self.text(&rest)
                if isName { try addName(text) }
            default: break
            }
        }
    }

    private mutating func addName(_ name: [UInt16]) throws(InvalidRequest) {
        guard let last = open.indices.last, open[last]?.insert(name).inserted == true else {
            throw InvalidRequest("a name occurs twice in one object of the changes; give each name once")
        }
        if open.count == 1 { names.append(String(decoding: name, as: UTF16.self)) }
    }

    /// Reads a string whose opening quote was read, as UTF-16 code units.
    private static func text(_ rest: inout ArraySlice<UInt8>) throws(InvalidRequest) -> [UInt16] {
        var units: [UInt16] = []
        var plain: [UInt8] = []
        func takePlain() {
            units.append(contentsOf: String(decoding: plain, as: UTF8.self).utf16)
            plain = []
        }
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                plain.append(byte)
                continue
            }
            takePlain()
            switch escape {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                units.append(UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(4)
            default: units.append(UInt16(escape))
            }
        }
        takePlain()
        guard String(validating: units, as: UTF16.self) != nil else {
            throw InvalidRequest("a text in the changes has half a surrogate pair, which no text can hold")
        }
        return units
    }
}
