import AsyncHTTPClient
import Foundation
import NIOCore

/// The proxy variables of the environment, as curl and most programs read them.
struct ProxyVariables {
    private let environment: [String: String]

    init(_ environment: [String: String]) {
        self.environment = environment.filter { !$0.value.isEmpty }
    }

    /// The proxy for a deployment; nil for a direct connection. A loopback host is always reached directly.
    func proxy(for configuration: TalonOneConfiguration) throws(TalonOneError) -> HTTPClient.Configuration.Proxy? {
        let names = configuration.usesTLS ? ["https_proxy", "all_proxy"] : ["http_proxy", "all_proxy"]
        guard let (name, text) = names.lazy.compactMap(variable).first,
            !LoopbackHost.contains(configuration.hostName), !isExcluded(configuration.hostName, configuration.port)
        else { return nil }
        return try Self.proxy(text, namedBy: name)
    }

    /// A variable by its name in small letters, which overrides the one in capitals.
    private func variable(_ name: String) -> (name: String, value: String)? {
        [name, name.uppercased()].lazy.compactMap { name in environment[name].map { (name, $0) } }.first
    }

    private static func proxy(
        _ text: String,
        namedBy name: String
    ) throws(TalonOneError) -> HTTPClient.Configuration.Proxy {
        // The value is not shown: it may contain a password.
        let expected = TalonOneError.misconfigured(
            "\(name) must be the URL of a proxy, for example http://proxy.example.com:3128"
        )
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let url = URLComponents(string: text.contains("://") ? text : "http://\(text)"),
            let host = url.host.map(LoopbackHost.withoutBrackets), !host.isEmpty, (1...65_535).contains(url.port ?? 1)
        else { throw expected }
        switch url.scheme?.lowercased() {
        case "http":
            let authorization = url.user.map { user in
                HTTPClient.Authorization.basic(username: user, password: url.password ?? "")
            }
            return .server(host: host, port: url.port ?? 80, authorization: authorization)
        case "socks5", "socks5h":
            guard url.user == nil else {
                throw .misconfigured("\(name) names a SOCKS proxy with a user, which is not supported")
            }
            return .socksServer(host: host, port: url.port ?? 1080)
        case "https":
            throw .misconfigured("\(name) names a proxy that is reached by TLS, which is not supported; use http://")
        default:
            throw expected
        }
    }
}

// MARK: - NO_PROXY

extension ProxyVariables {
    /// Whether `NO_PROXY` names the host: itself, a domain above it, its address, a network, or `*`.
    private func isExcluded(_ host: String, _ port: Int) -> Bool {
        guard let list = variable("no_proxy")?.value else { return false }
        return list.split { $0 == "," || $0.isWhitespace }.contains { entry in
            Self.matches(entry.lowercased(), host, port)
        }
    }

    private static func matches(_ entry: String, _ host: String, _ port: Int) -> Bool {
        if entry == "*" { return true }
        if let slash = entry.firstIndex(of: "/") {
            return AddressRange(String(entry[..<slash]), bits: Int(entry[entry.index(after: slash)...]))?
                .contains(host) ?? false
        }
        var name = entry[...]
        if entry.count(where: { $0 == ":" }) == 1 || entry.contains("]:"), let colon = entry.lastIndex(of: ":") {
            guard Int(entry[entry.index(after: colon)...]) == port else { return false }
            name = entry[..<colon]
        }
        let domain = LoopbackHost.withoutBrackets(String(name.drop { $0 == "*" }.drop { $0 == "." }))
        return !domain.isEmpty && (host == domain || host.hasSuffix(".\(domain)"))
    }
}

/// A network, such as 10.0.0.0/8.
private struct AddressRange {
    private let prefix: [UInt8]
    private let bits: Int

    init?(_ address: String, bits: Int?) {
        guard let bytes = Self.bytes(address), let bits, (0...bytes.count * 8).contains(bits) else { return nil }
        prefix = bytes
        self.bits = bits
    }

    func contains(_ host: String) -> Bool {
        guard let bytes = Self.bytes(host), bytes.count == prefix.count else { return false }
        return (0..<bits).allSatisfy { bit in (bytes[bit / 8] ^ prefix[bit / 8]) & (0x80 >> (bit % 8)) == 0 }
    }

    private static func bytes(_ address: String) -> [UInt8]? {
        switch try? SocketAddress(ipAddress: address, port: 0) {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        default: nil
        }
    }
}

/// Hosts that are this machine.
enum LoopbackHost {
    static func contains(_ host: String) -> Bool {
        let host = withoutBrackets(host.lowercased())
        if ["localhost", "::1"].contains(host) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers.first == 127 && !numbers.contains(nil)
    }

    /// An IPv6 address without the brackets that it has in a URL.
    static func withoutBrackets(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
