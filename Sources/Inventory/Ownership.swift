/// Whose data a value of the inventory is. The raw value is the code in the header of an export.
public enum Ownership: String, Sendable, Hashable, CaseIterable {
    /// The subject's own: what they entered, and what was observed of their activity.
    case subject = "data_of_the_subject"
    /// About the subject, but made by the controller through inference or assessment. Art. 20(1) GDPR covers what the
    /// subject provided, which includes what was observed of their activity, but not what was derived from it (WP242
    /// rev.01).
    case derived = "derived_by_the_controller"
    /// It identifies another human: Art. 15(4), Art. 20(4) GDPR.
    case thirdParty = "data_of_another_person"
    /// It is the same for every customer and says nothing about the subject: not personal data of theirs.
    case everybody = "not_about_the_person"

    /// Whether an erasure must remove it.
    var isPersonal: Bool { self == .subject || self == .derived }
}
