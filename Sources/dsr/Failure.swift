/// Why a command did not do what it was asked to do: one sentence that says what to do, and the exit code.
struct Failure: Error {
    /// The stable exit codes.
    enum Code: Int32 {
        case needsAction = 1
        case usage = 64
        case unreachable = 69
        case tryAgain = 75
        case credentials = 77
        case configuration = 78
    }

    let code: Code
    let sentence: String

    init(_ code: Code, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }
}
