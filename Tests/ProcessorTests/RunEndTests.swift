import Testing

@testable import Processor

@Suite("How a run ends")
struct RunEndTests {
    @Test(
        "it is told in one sentence without a full stop, whatever the error ended with",
        arguments: [
            RunEnd.credentialsRefused("The key is refused."), .wrongEnvironment("the API answers for live."),
            .apiUnavailable("getCustomerInventory: an answer. Check the URL."), .apiUnavailable("no connection"),
            .databaseUnavailable("statement failed"), .done, .canaryUnknown, .leaseLost,
        ]
    )
    func sentence(end: RunEnd) {
        #expect(!end.sentence.isEmpty && !end.sentence.hasSuffix("."), "\(end.sentence)")
    }
}
