import Foundation
import Hummingbird

extension Answer {
    /// The encoded body; empty for an answer without a body.
    var bytes: Data {
        body?.bytes ?? Data()
    }

    func response(throttle: SandboxSettings.Throttle? = nil) -> Response {
        var headers = HTTPFields()
        if status == 429, let retryAfter = throttle?.retryAfter {
            switch retryAfter {
            case .seconds: headers[.retryAfter] = "1"
            case .date: headers[.retryAfter] = Self.httpDate(Date().addingTimeInterval(1))
            case .none: break
            }
        }
        return Response(status: status, headers: headers, json: bytes)
    }

    private static func httpDate(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: date)
    }
}

extension Response {
    /// A response with a JSON body, or without body and content type if there are no bytes.
    init(status: Int, headers: HTTPFields = [:], json: Data) {
        var headers = headers
        if !json.isEmpty { headers[.contentType] = "application/json" }
        self.init(
            status: .init(code: status),
            headers: headers,
            body: json.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: json))
        )
        // A 204 must not have Content-Length (RFC 9110, section 8.6).
        if status == 204 { self.headers[.contentLength] = nil }
    }
}
