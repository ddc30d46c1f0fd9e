import Foundation

/// A received request, for tests and for inspection.
public struct SandboxRequest: Sendable, Codable, Hashable {
    /// The number of the request since the start or the last reset, from 0.
    public var number: Int
    /// The HTTP method.
    public var method: String
    /// The path and query, exactly as sent.
    public var target: String
    /// The operation; `nil` if the request line is not an operation.
    public var operation: String?
    /// The identifier in the path, decoded.
    public var identifier: String?
    /// The headers by lower-case name, without credentials.
    public var headers: [String: String]
    /// The body as text, at most its first 64 KiB.
    public var body: String
    /// Whether it has been processed, which is to be carried out or refused, whatever the caller was told.
    public var isProcessed = false
}

/// The number of requests of one kind.
public struct SandboxCount: Sendable, Codable, Hashable {
    /// The requests that were received.
    public var received = 0
    /// The requests that were carried out.
    public var acted = 0
    /// The requests to which a fault applied, delays not included.
    public var disturbed = 0
}

/// The numbers of requests since the start or the last reset.
public struct SandboxCounts: Sendable, Codable, Hashable {
    /// The requests by operation.
    public var operations: [String: SandboxCount] = [:]
    /// The deletions by operation and identifier, for example `deleteCustomerData customer-42`.
    public var destructive: [String: SandboxCount] = [:]
    /// The number of the last inventory request and of the last deletion request, by customer.
    public var lastRead: [String: Int] = [:], lastDeletion: [String: Int] = [:]
    /// The number of the last request that erased a customer's data, by customer.
    public var lastErasure: [String: Int] = [:]
    /// The deletion requests for a customer whose data was already erased and whose inventory was not read since.
    public var blindDeletions = 0

    mutating func note(_ operation: String, of identifier: String, number: Int) {
        switch operation {
        case Route.Operation.getCustomerInventory.rawValue: lastRead[identifier] = number
        case Route.Operation.deleteCustomerData.rawValue:
            lastDeletion[identifier] = number
            if let erased = lastErasure[identifier], erased > lastRead[identifier] ?? -1 { blindDeletions += 1 }
        default: break
        }
    }

    mutating func noteCarriedOut(_ operation: Route.Operation, of identifier: String) {
        operations[operation.rawValue, default: SandboxCount()].acted += 1
        guard operation == .deleteCustomerData else { return }
        lastErasure[identifier] = lastDeletion[identifier]
    }
}

/// The last requests, at most ``capacity``, and the total number of requests.
struct RequestLog: Sendable {
    static let capacity = 512
    private var ring: [SandboxRequest] = []
    private(set) var total = 0

    mutating func append(_ request: SandboxRequest) -> SandboxRequest {
        var request = request
        request.number = total
        if ring.count < Self.capacity { ring.append(request) } else { ring[total % Self.capacity] = request }
        total += 1
        return request
    }

    /// Notes that a request has been processed.
    ///
    /// - Returns: The request, unless it has left the log since it came in.
    mutating func noteProcessed(_ number: Int) -> SandboxRequest? {
        let place = number % Self.capacity
        guard ring.indices.contains(place), ring[place].number == number else { return nil }
        ring[place].isProcessed = true
        return ring[place]
    }

    /// The requests, oldest first.
    var entries: [SandboxRequest] {
        let start = total > Self.capacity ? total % Self.capacity : 0
        return Array(ring[start...] + ring[..<start])
    }
}
