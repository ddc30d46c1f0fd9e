import Foundation

/// A request as it came in, as far as tests and people want to look at it.
public struct SandboxRequest: Sendable, Codable, Hashable {
    /// Its place among all requests since the start or the last reset, from 0.
    public var number: Int
    /// The HTTP method.
    public var method: String
    /// Path and query exactly as sent.
    public var target: String
    /// The operation it was understood as.
    public var operation: String?
    /// The decoded identifier in the path.
    public var identifier: String?
    /// The headers by lower-case name, without credentials.
    public var headers: [String: String]
    /// The body as text.
    public var body: String
    /// Whether it has been processed, which is to be carried out or refused, whatever the caller was told.
    public var isProcessed = false
}

/// How often something was asked for, and how often that changed or answered something.
public struct SandboxCount: Sendable, Codable, Hashable {
    /// Requests that came in, whatever became of them.
    public var received = 0
    /// Requests that were carried out.
    public var acted = 0
    /// Requests that met with ordered misbehaviour; a mere delay is none.
    public var disturbed = 0
}

/// What was asked for so far.
public struct SandboxCounts: Sendable, Codable, Hashable {
    /// By operation.
    public var operations: [String: SandboxCount] = [:]
    /// Deletions by `operation identifier`: `deleteCustomerData customer-42`.
    public var destructive: [String: SandboxCount] = [:]
    /// The number of the last request for a customer's inventory, and of the last one to delete their data, by customer.
    public var lastRead: [String: Int] = [:], lastDeletion: [String: Int] = [:]
    /// The number of the last request that did delete a customer's data, by customer.
    public var lastErasure: [String: Int] = [:]
    /// Requests to delete the data of somebody whose data had been deleted, and whose inventory nobody had read since.
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

/// The last requests, and how many there were: bounded, however long the sandbox runs.
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

    /// Oldest first.
    var entries: [SandboxRequest] {
        let start = total > Self.capacity ? total % Self.capacity : 0
        return Array(ring[start...] + ring[..<start])
    }
}
