/// An identifier as one segment of a URL path.
///
/// All bytes of its UTF-8 except RFC 3986's unreserved characters are percent-encoded with upper-case digits, so a
/// slash, a question mark or a percent sign in an identifier stays data.
struct PathSegment: Sendable {
    let encoded: String

    /// Encodes an identifier, and refuses one that cannot be sent safely. HTTP libraries and proxies remove `.` and
    /// `..` even if they are encoded, which turns `DELETE /v1/customer_data/..` into `DELETE /v1/`.
    init(_ identifier: String, for operation: Operation) throws(TalonOneError) {
        func refusal(_ reason: String) -> TalonOneError {
            TalonOneError(.invalidIdentifier, operation: operation, reason: reason)
        }
        switch identifier {
        case "": throw refusal("the identifier is empty")
        case ".", "..": throw refusal("the identifier is a dot segment, which HTTP removes from a path")
        default: break
        }
        var count = 0
        for scalar in identifier.unicodeScalars {
            count += 1
            if scalar.value == 0 { throw refusal("the identifier contains a NUL character") }
            if count > 1_000 { throw refusal("the identifier is longer than 1,000 characters") }
        }

        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(identifier.utf8.count)
        for byte in identifier.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        encoded = String(decoding: bytes, as: UTF8.self)
    }
}
