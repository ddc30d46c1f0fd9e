import Store

/// Writes items in groups: whatever arrived while the last group was being written is the next one.
///
/// No timer: a lone item is written at once, and under load groups grow by themselves.
actor GroupCommit<Item: Sendable, Answer: Sendable> {
    /// Writes a group and answers each item, in their order.
    typealias Write = @Sendable ([Item]) async throws(StoreError) -> [Answer]

    private struct Waiting {
        let item: Item
        let answered: CheckedContinuation<Answer, any Error>
    }

    private let write: Write
    private let size: @Sendable (Item) -> Int
    private var queue: [Waiting] = []
    private var isWriting = false

    /// Items and bytes in one group, at most; one item is a group whatever its size.
    private let maximumCount = 256
    private let maximumBytes = 32 << 20

    /// - Parameter size: The bytes that an item weighs.
    init(size: @escaping @Sendable (Item) -> Int = { _ in 0 }, write: @escaping Write) {
        self.size = size
        self.write = write
    }

    /// Writes an item with whatever else is waiting.
    ///
    /// - Returns: The answer to it.
    /// - Throws: ``StoreError``.
    func commit(_ item: Item) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            queue.append(Waiting(item: item, answered: continuation))
            guard !isWriting else { return }
            isWriting = true
            // Not a child of the caller: what is known is written even when the run is being stopped.
            Task { await drain() }
        }
    }

    private func drain() async {
        while !queue.isEmpty {
            let group = nextGroup()
            do throws(StoreError) {
                for (waiting, answer) in zip(group, try await write(group.map(\.item))) {
                    waiting.answered.resume(returning: answer)
                }
            } catch {
                for waiting in group { waiting.answered.resume(throwing: error) }
            }
        }
        isWriting = false
    }

    private func nextGroup() -> [Waiting] {
        var bytes = 0
        let count =
            queue.prefix(maximumCount).prefix { waiting in
                bytes += size(waiting.item)
                return bytes <= maximumBytes
            }.count
        let group = Array(queue.prefix(max(1, count)))
        queue.removeFirst(group.count)
        return group
    }
}
