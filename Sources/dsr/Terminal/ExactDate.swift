import Foundation
import SubjectRequests

extension Date {
    /// An instant as an operator types it: `2026-03-05T10:00:00Z`. `nil` where there is no such day or time; Foundation takes
    /// 31 February for a day in March.
    init?(exactly text: String) {
        let form = /(.{10})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-][0-9]{2}:?[0-9]{2})/
        guard let parts = text.wholeMatch(of: form), CivilDate(parts.1) != nil,
            let instant = try? Date(text, strategy: .iso8601)
        else { return nil }
        self = instant
    }
}
