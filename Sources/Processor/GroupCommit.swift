/// Writes items in groups: what arrives while a group is written is the next group.
///
/// There is no timer: a single item is written at once, and under load the groups grow.
actor GroupCommit<Item: Sendable, Answer: Sendable> {
    /// Writes a group and answers each item, in their order.
    typealias Write = @Sendable ([Item]) async throws -> [Answer]

    private struct Waiting {
        let item: Item
        let answered: CheckedContinuation<Answer, any Error>
    }

    /// The writer answered fewer or more items than it was given: which of them are written is unknown.
    struct WrongCount: Error, CustomStringConvertible {
        let items: Int, answers: Int
        var description: String { "a group of \(items) was written and \(answers) were answered" }
    }

    private let write: Write
    private let size: @Sendable (Item) -> Int
    private var queue: [Waiting] = []
    private var isWriting = false

    /// The largest group, in items and bytes. An item that is larger is a group of its own.
    private let maximumCount = 256
    private let maximumBytes = 32 << 20

    /// - Parameter size: The bytes that an item weighs.
    init(size: @escaping @Sendable (Item) -> Int = { _ in 0 }, write: @escaping Write) {
        self.size = size
        self.write = write
    }

    /// Writes an item together with the others that wait.
    ///
    /// - Returns: The answer to it.
    /// - Throws: What the writer throws, or ``WrongCount``.
    func commit(_ item: Item) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            queue.append(Waiting(item: item, answered: continuation))
            guard !isWriting else { return }
            isWriting = true
            // Not a child of the caller: what is known is written even while the run shuts down.
            Task { await drain() }
        }
    }

    private func drain() async {
        while !queue.isEmpty {
            let group = nextGroup()
            do {
                let answers = try await write(group.map(\.item))
                guard answers.count == group.count else {
                    throw WrongCount(items: group.count, answers: answers.count)
                }
                for (waiting, answer) in zip(group, answers) { waiting.answered.resume(returning: answer) }
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
