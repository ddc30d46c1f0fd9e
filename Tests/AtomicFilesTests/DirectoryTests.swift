import AtomicFiles
import Testing

@Suite("The directory of a file")
struct DirectoryTests {
    @Test(
        "every path has a directory, also a name of one character",
        arguments: [
            ("x", "."), ("name", "."), ("x/", "."), ("./x", "."), ("a/x", "a"), ("a//x", "a"), ("a/b/", "a"),
            ("/x", "/"), ("//x", "/"), ("/", "/"), ("///", "/"), ("/a/b", "/a"), ("/a/b//", "/a"),
            (".", "."), ("..", "."), ("", "."),
            ("\u{e9}", "."), ("e\u{301}/x", "e\u{301}"),
        ]
    )
    func directory(path: String, expected: String) {
        #expect(AtomicFile.directory(of: path) == expected)
    }
}
