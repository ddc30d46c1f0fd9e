import Synchronization

/// A number that closures on other threads may change.
final class Mutable: Sendable {
    private let number: Mutex<Int>

    init(_ value: Int) {
        number = Mutex(value)
    }

    var value: Int {
        get { number.withLock { $0 } }
        set { number.withLock { $0 = newValue } }
    }
}
