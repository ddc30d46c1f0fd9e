/// The version of this software, as documents and log entries name it.
enum Version {
    static let current = "0.1.0"
}
