import EvidenceLog
import Foundation
import Testing

@Suite("Signed notes")
struct SignedNoteTests {
    static let both = Fixtures.goText + "\n" + Fixtures.peterLine + Fixtures.enochLine

    @Test("published notes are parsed, verified and written back byte for byte")
    func knownNotes() throws {
        let (foo, peter, enoch) = (
            try VerifierKey(Fixtures.fooKey), try VerifierKey(Fixtures.peterKey), try VerifierKey(Fixtures.enochKey)
        )
        let example = try Fixtures.note(Fixtures.fooNote)
        #expect(example.text == "This is an example message.\n")
        #expect(example.data == Data(Fixtures.fooNote.utf8))
        #expect(try example.verify(with: [peter, foo]).map(\.key) == [foo])

        let note = try Fixtures.note(Self.both)
        #expect(note.text == Fixtures.goText)
        #expect(note.data == Data(Self.both.utf8))
        #expect(try note.verify(with: [peter]).map(\.key) == [peter])
        #expect(try note.verify(with: [enoch]).map(\.key) == [enoch])
        #expect(try note.verify(with: [enoch, peter]).map(\.key) == [peter, enoch])
        #expect(try note.verify(with: [enoch, peter]).allSatisfy { $0.timestamp == nil })
    }

    @Test("signatures by unknown keys are ignored, but one valid signature is required")
    func unknownKeys() throws {
        let (foo, peter) = (try VerifierKey(Fixtures.fooKey), try VerifierKey(Fixtures.peterKey))
        #expect(code { try Fixtures.note(Self.both).verify(with: [foo]) } == .missingSignature)
        #expect(code { try Fixtures.note(Self.both).verify(with: []) } == .missingSignature)

        // The same name with another ID, or the same ID with another name, is a different key.
        let otherID = "— PeterNeumann " + (Data([9, 9, 9, 9]) + Data(count: 64)).base64EncodedString() + "\n"
        let otherName = Fixtures.peterLine.replacing("PeterNeumann", with: "PeterPan")
        for line in [otherID, otherName] {
            let alone = try Fixtures.note(Fixtures.goText + "\n" + line)
            #expect(code { try alone.verify(with: [peter]) } == .missingSignature)
            let beside = try Fixtures.note(Fixtures.goText + "\n" + line + Fixtures.peterLine)
            #expect(try beside.verify(with: [peter]).map(\.key) == [peter])
        }
    }

    @Test("an invalid signature of a known key invalidates the note, even if others are valid")
    func badSignature() throws {
        let (peter, enoch) = (try VerifierKey(Fixtures.peterKey), try VerifierKey(Fixtures.enochKey))
        let bad = Fixtures.enochLine.replacing("Zg", with: "zg").replacing("WWd1RvMc", with: "WWd1RvMd")
        for text in [
            Fixtures.goText + "\n" + Fixtures.peterLine + bad, Fixtures.goText + "\n" + bad + Fixtures.peterLine,
            Fixtures.goText + "\n" + Fixtures.peterLine + Fixtures.enochLine + bad,
        ] {
            let note = try Fixtures.note(text)
            #expect(code { try note.verify(with: [peter, enoch]) } == .invalidSignature)
            #expect(try note.verify(with: [peter]).count == 1)
        }
        // A signature of the right key with the wrong number of bytes is invalid.
        let short = try #require(Data(base64Encoded: "x08go/Y="))
        let note = try Fixtures.note(Fixtures.goText + "\n— PeterNeumann \(short.base64EncodedString())\n")
        #expect(code { try note.verify(with: [peter]) } == .invalidSignature)
    }

    @Test("the text ends at the last empty line, and may contain others")
    func emptyLines() throws {
        let text = "first\n\n\nsecond\n\n"
        let signed = try SigningKey(Fixtures.peterSecret).sign(text)
        let read = try SignedNote(signed.data)
        #expect(read.text == text)
        #expect(read == signed)
        #expect(try read.verify(with: [VerifierKey(Fixtures.peterKey)]).count == 1)
        #expect(try SigningKey(Fixtures.peterSecret).sign("\n").text == "\n")
    }

    static let malformed: [(String, Int?)] = [
        ("", nil), ("\n", nil), ("\n\n", nil), ("text", nil), ("text\n", nil), ("text\n\n", nil), ("text\n\n\n", nil),
        (Fixtures.peterLine, nil), ("text\n" + Fixtures.peterLine, nil), ("\n" + Fixtures.peterLine, nil),
        ("text\n\n" + Fixtures.peterLine.dropLast(), nil), ("text\n\n" + Fixtures.peterLine + "\n", nil),
        ("text\n\n" + Fixtures.peterLine + "junk\n", 4), ("text\n\n" + Fixtures.peterLine + " \n", 4),
        ("text\n\njunk\n", 3), ("text\n\n- PeterNeumann AAAAAAE=\n", 3), ("text\n\n—PeterNeumann AAAAAAE=\n", 3),
        ("text\n\n— PeterNeumann\n", 3), ("text\n\n— PeterNeumann \n", 3), ("text\n\n—  AAAAAAE=\n", 3),
        ("text\n\n— Peter Neumann AAAAAAE=\n", 3), ("text\n\n— Peter+Neumann AAAAAAE=\n", 3),
        ("text\n\n— Peter\u{A0}Neumann AAAAAAE=\n", 3), ("text\n\n— PeterNeumann  AAAAAAE=\n", 3),
        ("text\n\n— PeterNeumann AAAAAAE= \n", 3), ("text\n\n— PeterNeumann AAAAAAE\n", 3),
        ("text\n\n— PeterNeumann AAAAAAF=\n", 3), ("text\n\n— PeterNeumann AAAAAA==\n", 3),
        ("text\n\n— PeterNeumann ____AAE=\n", 3), ("a\ntext\n\n— PeterNeumann AAAAAAE=\n— x\n", 5),
        ("te\txt\n\n— PeterNeumann AAAAAAE=\n", 1), ("text\r\n\n— PeterNeumann AAAAAAE=\n", 1),
        ("text\n\n— PeterNeumann AAAAAAE=\r\n", 3), ("te\0xt\n\n— PeterNeumann AAAAAAE=\n", 1),
        ("a\nte\u{1F}xt\n\n— PeterNeumann AAAAAAE=\n", 2),
    ]

    @Test("a malformed note is rejected with the line or offset of the error", arguments: malformed)
    func refusals(text: String, line: Int?) {
        let error = #expect(throws: EvidenceLogError.self) { try Fixtures.note(text) }
        #expect(error?.code == .malformedNote)
        #expect(error?.line == line)
        if let line { #expect(error?.description.hasPrefix("line \(line)") == true) }
    }

    @Test("bytes that are not UTF-8 are not a note")
    func notUTF8() {
        for bytes: [UInt8] in [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] {
            let data = Data("text".utf8) + Data(bytes) + Data("\n\n\(Fixtures.peterLine)".utf8)
            #expect(code { try SignedNote(data) } == .malformedNote)
        }
    }

    @Test("a note has at most 100 signatures and 1 MiB")
    func limits() throws {
        let line = "— x AAAAAAE=\n"
        let hundred = "text\n\n" + String(repeating: line, count: 100)
        #expect(try Fixtures.note(hundred).signatures.count == 100)
        let error = #expect(throws: EvidenceLogError.self) { try Fixtures.note(hundred + line) }
        #expect(error?.line == 103)
        #expect(code { try Fixtures.note(hundred).adding(NoteSignature(line: line)) } == .malformedNote)

        let room = SignedNote.maximumByteCount - "\n\n".utf8.count - line.utf8.count
        #expect(try Fixtures.note(String(repeating: "a", count: room) + "\n\n" + line).data.count == 1 << 20)
        #expect(code { try Fixtures.note(String(repeating: "a", count: room + 1) + "\n\n" + line) } == .malformedNote)
    }

    @Test("a note cannot be created from parts that could not be parsed again")
    func parts() throws {
        let signature = try NoteSignature(line: Fixtures.peterLine)
        #expect(signature.line == Fixtures.peterLine)
        #expect(try NoteSignature(line: String(Fixtures.peterLine.dropLast())) == signature)
        for text in ["", "text", "te\txt\n", "\r\n"] {
            #expect(code { try SignedNote(text: text, signatures: [signature]) } == .malformedNote)
        }
        #expect(code { try SignedNote(text: "a\n\n" + Fixtures.peterLine, signatures: []) } == .malformedNote)
        for line in ["", "\n", Fixtures.peterLine + "\n", Fixtures.peterLine + Fixtures.enochLine] {
            #expect(code { try NoteSignature(line: line) } == .malformedNote)
        }
        let note = try SignedNote(text: Fixtures.goText, signatures: [signature])
        #expect(try note.adding(NoteSignature(line: Fixtures.enochLine)).data == Data(Self.both.utf8))
    }

    @Test("a changed byte in a signed note is detected")
    func mutations() throws {
        let (peter, enoch) = (try VerifierKey(Fixtures.peterKey), try VerifierKey(Fixtures.enochKey))
        var refused = 0
        for mutant in oneByteMutations(Self.both) {
            // A mutant may turn one signer into an unknown one, whose line is ignored; then the other's signature is
            // valid, over the same text.
            guard let note = try? SignedNote(mutant), let signatures = try? note.verify(with: [peter, enoch]) else {
                refused += 1
                continue
            }
            #expect(signatures.count == 1)
            #expect(note.textBytes == Data(Fixtures.goText.utf8))
            #expect(note.signatures.count == 2)
        }
        #expect(refused > 1500)
        for mutant in oneByteMutations(Fixtures.fooNote) {
            #expect(throws: EvidenceLogError.self) {
                try SignedNote(mutant).verify(with: [VerifierKey(Fixtures.fooKey)])
            }
        }
    }

    @Test("texts that look the same but differ in bytes are different notes")
    func normalisation() throws {
        let line = try NoteSignature(line: Fixtures.peterLine)
        let composed = try SignedNote(text: "\u{E9}\n", signatures: [line])
        let decomposed = try SignedNote(text: "e\u{301}\n", signatures: [line])
        #expect(composed != decomposed)
        #expect(try KeyName("\u{E9}") != KeyName("e\u{301}"))
    }
}
