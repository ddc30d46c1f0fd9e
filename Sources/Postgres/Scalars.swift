public import Foundation

extension Bool: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.bool) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(self ? 1 : 0)
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Bool {
        try PostgresCell.expect(cell, .bool, as: "Bool").integer(as: UInt8.self) != 0
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.int2) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Int16 {
        try PostgresCell.expect(cell, .int2, as: "Int16").integer()
    }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.int4) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Int32 {
        let cell = try PostgresCell.expect(cell, .int4, .int2, as: "Int32")
        return cell.type == .int2 ? Int32(try cell.integer(as: Int16.self)) : try cell.integer()
    }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.int8) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: self)
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Int64 {
        let cell = try PostgresCell.expect(cell, .int8, .int4, .int2, as: "Int64")
        return switch cell.type {
        case .int2: Int64(try cell.integer(as: Int16.self))
        case .int4: Int64(try cell.integer(as: Int32.self))
        default: try cell.integer()
        }
    }
}

extension Int: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { Int64.postgresEncoding }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        Int64(self).encode(into: &bytes)
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Int {
        Int(try Int64.decode(cell))
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.float8) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(bigEndian: bitPattern)
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Double {
        let cell = try PostgresCell.expect(cell, .float8, .float4, as: "Double")
        if cell.type == .float4 { return Double(Float(bitPattern: try cell.integer())) }
        return Double(bitPattern: try cell.integer())
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    /// Of no type, so that `$1::uuid` or an enum column takes a string as it takes a literal.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(parameter: .unspecified, element: .text) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        // The server ends text at the first NUL when it comes as text, and refuses it when it comes in binary.
        guard !utf8.contains(0) else {
            throw EncodingFailure("it holds a NUL character (U+0000), which Postgres cannot store in text")
        }
        bytes.append(contentsOf: utf8)
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> String {
        guard let cell else { throw .null }
        let isText = [.text, .varchar, .bpchar, .name, .json, .unknown].contains(cell.type)
        guard isText || cell.type.isUserDefined else { throw .type(cell.type, readAs: "String") }
        return try String(checking: cell.bytes)
    }

    /// UTF-8 is what the connection is set to, but a composite type looks like an enum and is not text.
    init(checking bytes: some Sequence<UInt8>) throws(DecodingFailure) {
        guard let text = String(validating: Array(bytes), as: UTF8.self) else { throw .malformed }
        self = text
    }
}

extension Data: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.bytea) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: self)
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> Data {
        Data(try PostgresCell.expect(cell, .bytea, as: "Data").bytes)
    }
}

extension UUID: PostgresEncodable, PostgresDecodable {
    /// How values of this type are sent.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(.uuid) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) -> Bool {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
        return true
    }

    /// Reads a value in the binary format of its type.
    public static func decode(_ cell: PostgresCell?) throws(DecodingFailure) -> UUID {
        let bytes = try PostgresCell.expect(cell, .uuid, as: "UUID").bytes
        guard bytes.count == MemoryLayout<uuid_t>.size else { throw .malformed }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}
