import Foundation
import Glibc
import TestEnvironment
import Testing

@Suite("Keys stay in the memory of the process", .timeLimit(.minutes(5)))
struct ProtectionTests {
    @Test("the process leaves no core, whatever limit it is started with")
    func noCore() async throws {
        try await TestEnvironment.with(migrated: false) { env in
            let ended = try await env.shell(
                """
                ulimit -c unlimited 2>/dev/null
                exec 3< <(exec $DSR sandbox --port 0 2>&1)
                child=$!
                read -r line <&3
                grep '^Max core' /proc/$child/limits
                kill $child
                """
            )
            let words = ended.out.split(whereSeparator: \.isWhitespace)
            #expect(words.starts(with: ["Max", "core", "file", "size", "0", "0"]), "\(ended.out)")
        }
    }

    @Test(
        "without being root, another program of the user reads neither memory nor environment, and dsr reads its own arguments",
        .enabled(if: geteuid() == 0)
    )
    func notReadable() async throws {
        try await TestEnvironment.with(migrated: false) { env in
            let ended = try await env.shell(
                """
                chmod 711 "\(env.folder)"
                cp $DSR "\(env.folder)/dsr" && chmod 755 "\(env.folder)/dsr"
                setpriv --reuid=65534 --regid=65534 --clear-groups bash -c '
                exec 3< <(exec "\(env.folder)/dsr" sandbox --port 0 2>&1)
                child=$!
                read -r line <&3
                cat /proc/$child/environ >/dev/null 2>&1 && echo "environment readable"
                dd if=/proc/$child/mem bs=1 count=1 2>&1 | grep -q denied || echo "memory readable"
                tr "\\0" " " </proc/$child/cmdline
                kill $child
                "\(env.folder)/dsr" --version
                echo customer-42 | "\(env.folder)/dsr" submit nothing /dev/stdin; echo "exit $?"
                env -i "\(env.folder)/dsr" run --config /dev/fd/0 </dev/null; echo "exit $?"
                '
                """,
                setting: ["LD_LIBRARY_PATH": "/opt/swift/usr/lib/swift/linux"]
            )
            #expect(!ended.out.contains("readable"), "\(ended.out)\(ended.err)")
            #expect(ended.out.contains("sandbox") && ended.out.contains("exit 64"), "\(ended.out)\(ended.err)")
            #expect(ended.out.contains("exit 78"), "\(ended.out)\(ended.err)")
        }
    }
}
