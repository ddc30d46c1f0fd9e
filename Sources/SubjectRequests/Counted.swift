/// Numbers and counted things in text for people.
extension BinaryInteger {
    /// With thousands separators: `1,024`.
    package var grouped: String {
        let digits = Array(String(magnitude))
        let text = digits.indices.map { index in
            (index > 0 && (digits.count - index).isMultiple(of: 3) ? "," : "") + String(digits[index])
        }.joined()
        return (self < 0 ? "-" : "") + text
    }

    /// With the thing that is counted: `1 request`, `2 requests`.
    package func counted(_ one: String, _ many: String? = nil) -> String {
        "\(grouped) \(self == 1 ? one : many ?? one + "s")"
    }
}
