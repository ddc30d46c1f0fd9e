/// One server to connect to.
struct ServerAddress {
    /// The name or the folder of the socket; nil for libpq's default. It stays the name that a certificate must have.
    var host: String?
    /// The numeric address; nil for a socket.
    var numeric: String?
    var port: String?
}

/// The hosts of a connection string, in the order of the string.
struct HostList {
    let hosts: [ServerAddress]

    /// Reads the lists of hosts, addresses and ports, by libpq's rules.
    ///
    /// - Throws: `.invalidConfiguration` if the lists do not fit together.
    init(_ options: ConnectionOptions) throws(PostgresError) {
        let names = Self.list(options["host"])
        let addresses = Self.list(options["hostaddr"])
        let ports = Self.list(options["port"])
        let count = max(1, addresses.isEmpty ? names.count : addresses.count)
        guard names.isEmpty || names.count == count, ports.count < 2 || ports.count == count else {
            throw ConnectionString.invalid("its lists of hosts, addresses and ports have different lengths")
        }
        var hosts = (0..<count).map { index in
            ServerAddress(
                host: names.isEmpty ? nil : names[index],
                numeric: addresses.isEmpty ? nil : addresses[index],
                port: ports.isEmpty ? nil : ports[ports.count == 1 ? 0 : index]
            )
        }
        if options["load_balance_hosts"] == "random" { hosts.shuffle() }
        self.hosts = hosts
    }

    /// An empty entry is nil: the default.
    private static func list(_ text: String?) -> [String?] {
        guard let text else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map { $0.isEmpty ? nil : String($0) }
    }
}
