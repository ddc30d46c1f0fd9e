/// The binary format of an array: the number of dimensions, whether there are NULLs, the elements' type, each
/// dimension's length and first index, then each element's length and bytes. Unlike in text, no element needs quoting.
extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding {
        PostgresEncoding(parameter: Element.postgresEncoding.element?.array ?? .unspecified, element: nil)
    }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        guard let element = Element.postgresEncoding.element, element.array != nil, count <= Int32.max else {
            throw EncodingFailure("arrays of this element type are not supported")
        }
        bytes.append(bigEndian: Int32(isEmpty ? 0 : 1))
        // A hint that there are NULLs; the server checks each element anyway.
        bytes.append(bigEndian: Int32(1))
        bytes.append(bigEndian: element.rawValue)
        if isEmpty { return true }
        bytes.append(bigEndian: Int32(count))
        bytes.append(bigEndian: Int32(1))
        for value in self {
            let start = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard try value.encode(into: &bytes) else { continue }
            guard let length = Int32(exactly: bytes.count - start - 4) else {
                throw EncodingFailure("an array element is too long")
            }
            Swift.withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(start..<start + 4, with: $0) }
        }
        return true
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> [Element] {
        guard let cell else { throw .null }
        var rest = cell.bytes[...]
        let dimensions: Int32 = try take(from: &rest)
        guard dimensions == 0 || dimensions == 1 else {
            throw DecodingFailure("the value is not an array with one dimension")
        }
        _ = try take(from: &rest, as: Int32.self)
        let type = PostgresType(rawValue: try take(from: &rest))
        if dimensions == 0 { return [] }
        let count: Int32 = try take(from: &rest)
        _ = try take(from: &rest, as: Int32.self)
        // Each element takes at least four bytes. A larger count is invalid and must not determine how much is reserved.
        guard count >= 0, Int(count) <= rest.count / 4 else { throw .malformed }
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count {
            elements.append(try element(from: &rest, type: type))
        }
        return elements
    }

    private static func element(
        from rest: inout Slice<UnsafeRawBufferPointer>,
        type: PostgresType
    ) throws(DecodingFailure) -> Element {
        let length: Int32 = try take(from: &rest)
        if length < 0 { return try Element.decode(nil) }
        guard Int(length) <= rest.count else { throw .malformed }
        let bytes = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(length)))
        rest = rest.dropFirst(Int(length))
        return try Element.decode(PostgresCell(type: type, bytes: bytes))
    }

    private static func take<I: FixedWidthInteger & BitwiseCopyable>(
        from rest: inout Slice<UnsafeRawBufferPointer>,
        as type: I.Type = I.self
    ) throws(DecodingFailure) -> I {
        let size = MemoryLayout<I>.size
        let bytes = UnsafeRawBufferPointer(rebasing: rest.prefix(size))
        rest = rest.dropFirst(size)
        return try PostgresCell(type: .unspecified, bytes: bytes).integer()
    }
}
