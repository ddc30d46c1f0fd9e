/// A JSON number as the exact decimal it stands for: 1, 1.0 and 10e-1 are equal, and no digit is rounded.
package struct JSONNumber: Hashable {
    private let isNegative: Bool
    /// The digits without zeros at either end; none for zero.
    private let digits: [UInt8]
    /// The power of ten that the digits are a multiple of.
    private let exponent: Int
    /// The number as written, where its exponent is beyond `Int`: it equals only itself.
    private let beyondRange: String?

    /// Whether it is zero, of whatever sign.
    package var isZero: Bool { digits.isEmpty }

    /// - Parameter text: A number that the scanner has accepted.
    package init(_ text: String) {
        let halves = text.drop { $0 == "-" }.split { $0 == "e" || $0 == "E" }
        let mantissa = (halves.first ?? "").split(separator: ".")
        let fraction = mantissa.dropFirst().first ?? ""
        var digits = Array(((mantissa.first ?? "") + fraction).utf8.drop { $0 == UInt8(ascii: "0") })
        let length = digits.count
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        self.digits = digits
        isNegative = text.hasPrefix("-") && !digits.isEmpty
        let written = halves.count > 1 ? Int(halves[1]) : 0
        let (sum, overflows) = (written ?? 0).addingReportingOverflow(length - digits.count - fraction.utf8.count)
        exponent = digits.isEmpty || overflows ? 0 : sum
        beyondRange = digits.isEmpty || (written != nil && !overflows) ? nil : text
    }
}
