import Foundation
import TestEnvironment
import Testing

@Suite("Receipts")
struct ReceiptTests {
    @Test("a receipt that is damaged, or checked with another key, is invalid")
    func damagedReceipt() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("a")
            let receipt = try await env.receipt(of: 1)
            try await env.dsr("evidence", "receipt", "1", "--output", receipt).expect(64)
            try await env.dsr("evidence", "receipt", "99").expect(1)
            // Request 1 of another database is another request.
            let written = try await env.shell("cd \(env.folder) && $DSR evidence receipt 1").expect(0)
            #expect(written.out == "\(try await env.databaseID())-request-1.tlog-proof\n")
            let whole = try #require(FileManager.default.contents(atPath: receipt))
            for position in stride(from: 0, to: whole.count, by: max(1, whole.count / 25)) {
                var damaged = whole
                damaged[position] ^= 1
                try damaged.write(to: URL(filePath: env.folder + "/damaged"))
                let check = try await TestEnvironment.check(env.folder + "/damaged", key: keys.log)
                #expect(check.code == 1, "byte \(position)")
                #expect(check.err.hasPrefix("Error: the receipt is not valid"))
            }
            try whole.prefix(whole.count / 2).write(to: URL(filePath: env.folder + "/damaged"))
            try await TestEnvironment.check(env.folder + "/damaged", key: keys.log).expect(1)
            try await TestEnvironment.check(receipt, key: keys.witness).expect(1)
            for position in keys.log.indices.dropFirst(keys.log.count / 2) {
                let damaged = keys.log.replacingCharacters(
                    in: position...position,
                    with: keys.log[position] == "A" ? "B" : "A"
                )
                let check = try await TestEnvironment.check(receipt, key: damaged)
                #expect(check.code == 64 && check.err.contains("is not a valid verifier key"))
            }
            for (damage, what) in [("\r\n", "CR LF"), (" \n", "end with blanks")] {
                let text = String(decoding: whole, as: UTF8.self).replacing("\n", with: damage)
                try Data(text.utf8).write(to: URL(filePath: env.folder + "/damaged"))
                let check = try await TestEnvironment.check(env.folder + "/damaged", key: keys.log).expect(1)
                #expect(check.err.contains("no sign of forgery") && check.err.contains(what))
            }
            // From a pipe, which has no size.
            let pipe = env.folder + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            async let check = TestEnvironment.check(pipe, key: keys.log + "\r\n")
            try FileHandle(forWritingTo: URL(filePath: pipe)).write(contentsOf: whole)
            #expect(try await check.expect(0).out.contains("Valid: log entry"))
            // The log's own key is no witness.
            try await TestEnvironment.check(receipt, key: keys.log, witness: keys.log).expect(64)
            // No witness has signed it.
            try await TestEnvironment.check(receipt, key: keys.log, witness: keys.witness).expect(1)
        }
    }
}
