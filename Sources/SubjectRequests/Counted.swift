extension Int {
    /// The digits with thousands separators: `1,024`.
    package var grouped: String {
        let digits = Array(String(magnitude))
        return (self < 0 ? "-" : "")
            + digits.indices.map { index in
                (index > 0 && (digits.count - index).isMultiple(of: 3) ? "," : "") + String(digits[index])
            }.joined()
    }
}
