import Glibc
import Processor
import Reports
import Store

/// The operator who started the command.
enum CurrentUser {
    /// The login name, or `uid N` where the system has none.
    static var name: String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }
}

extension ProcessorSettings {
    /// The operator, as the evidence names them.
    var author: Author.Person {
        Author.Person(actor: actor, environment: environment.rawValue, version: version)
    }
}
