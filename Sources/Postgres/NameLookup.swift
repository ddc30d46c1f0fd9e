import Foundation
import Synchronization

/// A look-up of a host's addresses on a separate thread.
///
/// `getaddrinfo` cannot be interrupted and has no timeout of its own. The caller waits with a deadline; the thread ends
/// when the resolver gives up.
final class NameLookup: Sendable {
    private let result = Mutex<Result<[String], Failure>?>(nil)

    struct Failure: Error {
        /// What the resolver says, for example `Name or service not known`.
        let reason: String
    }

    /// Starts to look the host up.
    ///
    /// - Parameter interrupt: woken when the addresses are known.
    init(_ host: String, waking interrupt: Interrupt) {
        Thread.detachNewThread {
            let found = Self.addresses(of: host, flags: 0)
            self.result.withLock { $0 = found }
            interrupt.wake()
        }
    }

    /// The addresses; nil while they are not known.
    var finished: Result<[String], Failure>? {
        result.withLock { $0 }
    }

    /// Whether a text is an address already.
    static func isNumeric(_ host: String) -> Bool {
        (try? addresses(of: host, flags: AI_NUMERICHOST).get())?.isEmpty == false
    }

    private static func addresses(of host: String, flags: Int32) -> Result<[String], Failure> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return .failure(Failure(reason: String(cString: gai_strerror(code)))) }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = list
        while let info = entry?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
                let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if !addresses.contains(address) { addresses.append(address) }
            }
            entry = info.ai_next
        }
        return .success(addresses)
    }
}
