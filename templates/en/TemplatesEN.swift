/// The English documents: mustache templates, and the labels that they share, by file name.
public enum EnglishTemplates {
    /// The exact bytes of each file.
    public static let files: [String: [UInt8]] = [
        "access-letter.html.mustache": PackageResources.access_letter_html_mustache,
        "closing.html.mustache": PackageResources.closing_html_mustache,
        "controller-facts.html.mustache": PackageResources.controller_facts_html_mustache,
        "decisions.html.mustache": PackageResources.decisions_html_mustache,
        "erasure-confirmation.html.mustache": PackageResources.erasure_confirmation_html_mustache,
        "labels.json": PackageResources.labels_json,
        "letterhead.html.mustache": PackageResources.letterhead_html_mustache,
        "month-report.html.mustache": PackageResources.month_report_html_mustache,
        "no-data-letter.html.mustache": PackageResources.no_data_letter_html_mustache,
        "not-asked.html.mustache": PackageResources.not_asked_html_mustache,
        "outcomes.html.mustache": PackageResources.outcomes_html_mustache,
        "page.html.mustache": PackageResources.page_html_mustache,
        "portability-letter.html.mustache": PackageResources.portability_letter_html_mustache,
        "rectification-letter.html.mustache": PackageResources.rectification_letter_html_mustache,
        "reference.html.mustache": PackageResources.reference_html_mustache,
        "remedies.html.mustache": PackageResources.remedies_html_mustache,
        "run-report.html.mustache": PackageResources.run_report_html_mustache,
        "section.html.mustache": PackageResources.section_html_mustache,
        "style.html.mustache": PackageResources.style_html_mustache,
        "timeliness.html.mustache": PackageResources.timeliness_html_mustache,
        "value.html.mustache": PackageResources.value_html_mustache,
    ]
}
