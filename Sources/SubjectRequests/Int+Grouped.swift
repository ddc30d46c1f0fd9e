extension Int {
    /// The digits with thousands separators: `1,024`. For counts, which are never negative.
    var grouped: String {
        let digits = Array(String(self))
        return digits.indices.map { index in
            (index > 0 && (digits.count - index).isMultiple(of: 3) ? "," : "") + String(digits[index])
        }.joined()
    }
}
