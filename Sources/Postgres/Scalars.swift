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
    /// Without a type, so that `$1::uuid` or an enum column accepts a string as it accepts a literal.
    public static var postgresEncoding: PostgresEncoding { PostgresEncoding(parameter: .unspecified, element: .text) }

    /// Appends the value in the binary format of its type.
    public func encode(into bytes: inout [UInt8]) throws(EncodingFailure) -> Bool {
        // In the text format the server would cut the value at the first NUL.
        guard !utf8.contains(0) else {
            throw EncodingFailure("the text contains a NUL character (U+0000), which Postgres cannot store")
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

    /// Text from bytes, checked to be UTF-8. The connection uses UTF-8, but a composite type, which is not text, cannot be
    /// told from an enum by its OID.
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
