import SubjectRequests

extension CivilDate {
    /// In a sentence: `25 Dec 2026`.
    var inWords: String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(day) \(months[month - 1]) \(year)"
    }
}
