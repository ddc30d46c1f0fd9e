public import Foundation

/// The published JSON Schemas (draft 2020-12): the files of this folder, as they are embedded in the binary.
public enum PublishedSchema: String, Sendable, CaseIterable {
    /// The report of a run.
    case report
    /// The report of a calendar month.
    case month
    /// The export of one customer's data.
    case export
    /// An entry of the evidence log.
    case evidence

    /// The exact bytes of the file.
    public var text: Data {
        switch self {
        case .report: Data(PackageResources.run_report_json)
        case .month: Data(PackageResources.month_report_json)
        case .export: Data(PackageResources.export_json)
        case .evidence: Data(PackageResources.log_entry_json)
        }
    }
}
