import AsyncHTTPClient
import Foundation
import NIOSSL

/// How a client reaches the API: through which proxy, and which certificate authorities it trusts.
public struct TalonOneTransport: Sendable {
    private var proxy: HTTPClient.Configuration.Proxy?
    /// nil for the authorities of the system.
    private var authorities: [NIOSSLCertificate]?

    /// No proxy, and the authorities of the system.
    public static let direct = TalonOneTransport()

    private init() {}

    /// Reads the variables that other programs of the host honour too.
    ///
    /// - Parameters:
    ///   - caFile: A PEM file with the only authorities to trust. Without it, `SSL_CERT_FILE` and `SSL_CERT_DIR` name
    ///     them; without these, the system does.
    ///   - environment: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY` in capital or small letters, and the two
    ///     variables of OpenSSL.
    /// - Throws: ``TalonOneError/Code-swift.struct/invalidConfiguration``, whose description says what to change.
    public init(
        to configuration: TalonOneConfiguration,
        caFile: String?,
        environment: [String: String]
    ) throws(TalonOneError) {
        proxy = try ProxyVariables(environment).proxy(for: configuration)
        // The setting is checked for a base URL without TLS too, so that it is not found wrong on the day of the change.
        if let caFile {
            authorities = try CertificateFiles.certificates(in: caFile, namedBy: "TALON_ONE_CA_FILE")
            return
        }
        guard configuration.usesTLS else { return }
        let set = environment.filter { !$0.value.isEmpty }
        let file = try set["SSL_CERT_FILE"].map { path throws(TalonOneError) in
            try CertificateFiles.certificates(in: path, namedBy: "SSL_CERT_FILE")
        }
        let folder = try set["SSL_CERT_DIR"].map { paths throws(TalonOneError) in
            try CertificateFiles.certificates(inFolders: paths, namedBy: "SSL_CERT_DIR")
        }
        if file != nil || folder != nil { authorities = (file ?? []) + (folder ?? []) }
    }

    /// Changes the settings of an HTTP client accordingly.
    func apply(to configuration: inout HTTPClient.Configuration) {
        var tls = TLSConfiguration.makeClientConfiguration()
        // RFC 8996: older versions must not be used.
        tls.minimumTLSVersion = .tlsv12
        if let authorities { tls.trustRoots = .certificates(authorities) }
        configuration.tlsConfiguration = tls
        configuration.proxy = proxy
    }
}

/// Certificates in PEM files.
private enum CertificateFiles {
    static func certificates(in path: String, namedBy name: String) throws(TalonOneError) -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
            throw .misconfigured("\(name) names a file that cannot be read or contains no certificate in PEM format")
        }
        return found
    }

    /// The certificates of all files in the folders, which are separated by colons. Other files are skipped.
    static func certificates(
        inFolders paths: String,
        namedBy name: String
    ) throws(TalonOneError) -> [NIOSSLCertificate] {
        var found: Set<NIOSSLCertificate> = []
        for folder in paths.split(separator: ":").map(String.init) {
            for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                found.formUnion((try? NIOSSLCertificate.fromPEMFile("\(folder)/\(file)")) ?? [])
            }
        }
        guard !found.isEmpty else {
            throw .misconfigured("\(name) names no folder with certificates in PEM format")
        }
        return Array(found)
    }
}
