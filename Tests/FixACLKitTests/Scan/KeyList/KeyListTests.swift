import AWSKit
import Glibc
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct KeyListTests {
  @Test(
    arguments: [
      ("", "\n", []), ("\n\n\n", "\n", []), ("a", "\n", ["a"]), ("a\n", "\n", ["a"]), ("b\na\n", "\n", ["a", "b"]),
      ("a\n\nb\n\n", "\n", ["a", "b"]), ("a\na\nb\na\n", "\n", ["a", "b"]), (" a \n\ta", "\n", ["\ta", " a "]),
      ("a\r\nb\r\n", "\n", ["a\r", "b\r"]), ("a\0b\n", "\n", ["a\0b"]), ("b\na\0a\0\0", "\0", ["a", "b\na"]),
      ("../x\n/\n//\n.\n", "\n", [".", "../x", "/", "//"]),
      ("caf\u{e9}\ncafe\u{301}\n", "\n", ["cafe\u{301}", "caf\u{e9}"]),
      ("\u{1f600}\n\u{fffd}\n\u{10ffff}\n", "\n", ["\u{fffd}", "\u{1f600}", "\u{10ffff}"]),
    ] as [(String, Unicode.Scalar, [String])])
  func linesAreKeys(text: String, separator: Unicode.Scalar, keys: [String]) throws {
    let list = try KeyList(text.utf8, separator: separator)
    #expect(try list.allKeys() == keys.map { ObjectKey($0) })
    #expect(list.digest.count == keys.count)
    #expect(list.unusableCount == 0)
    // Any number of times.
    #expect(try list.allKeys() == keys.map { ObjectKey($0) })
  }

  @Test func linesThatNoKeyCanBe() throws {
    let long = [UInt8](repeating: UInt8(ascii: "k"), count: 1024)
    let bytes =
      [0xff, 0x0a] + long + [0x0a] + long + long + [0x0a, 0x61, 0xc3, 0x0a, 0x61, 0x0a, 0xed, 0xa0, 0x80, 0x0a]
      + [UInt8](repeating: 0x62, count: 3 << 20)
    let list = try KeyList(bytes)
    #expect(try list.allKeys() == [ObjectKey("a"), ObjectKey(long)])
    #expect(list.unusableCount == 5)
    #expect(list.unusableExamples.count == 5)
    #expect(list.unusableExamples.allSatisfy { $0.bytes.count <= 1024 })
  }

  /// However many runs there are, and however the keys lie in them.
  @Test(arguments: [64, 500, 4000, 1 << 20])
  func runsAreMerged(runBytes: Int) throws {
    var generator = SeededGenerator(seed: UInt64(runBytes))
    var keys = Sample.oddKeys
    for _ in 0..<2000 { keys.append("\(Int.random(in: 0..<1500, using: &generator))/\u{e9}") }
    keys.shuffle(using: &generator)
    let list = try KeyList(keys: keys, runBytes: runBytes)
    #expect(try list.allKeys() == Set(keys.map { ObjectKey($0) }).sorted())
  }

  /// The digest is of the keys, however they are written.
  @Test func theDigestIsOfTheKeys() throws {
    let list = try KeyList("b\na\n".utf8)
    #expect(list.digest.sha256.count == 64)
    for same in ["a\nb", "\nb\n\na\na\n", "a\nb\n\n"] { #expect(try KeyList(same.utf8).digest == list.digest) }
    #expect(try KeyList("a\0b".utf8, separator: "\0").digest == list.digest)
    #expect(try KeyList(["b", "a"].joined(separator: "\n").utf8, runBytes: 1).digest == list.digest)
    for other in ["a\nb\nc", "ab", "a", "", "a\nB", "b\na\r"] {
      #expect(try KeyList(other.utf8).digest.sha256 != list.digest.sha256)
    }
  }

  @Test func aPipeIsReadAsItFlows() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let path = "/dev/fd/\(ends[0])"
    let input = try OpenFile(path, .reading)
    close(ends[0])
    let writing = ends[1]
    let writer = Task.detached {
      for piece in ["key-", "1\nke", "y-2\n", "key-3"] {
        _ = piece.utf8CString.withUnsafeBytes { write(writing, $0.baseAddress, $0.count - 1) }
        try? await Task.sleep(for: .milliseconds(5))
      }
      close(writing)
    }
    let list = try KeyList(reading: input, separator: 10, folder: "/tmp", stop: StopSignal())
    await writer.value
    #expect(try list.allKeys() == ["key-1", "key-2", "key-3"].map { ObjectKey($0) })
  }

  @Test func nobodyWaitsForAPipeThatIsStopped() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let input = try OpenFile("/dev/fd/\(ends[0])", .reading)
    defer { for end in ends { close(end) } }
    let stop = StopSignal()
    stop.set(.interruption)
    #expect(throws: KeyList.Interrupted.self) {
      try KeyList(reading: input, separator: 10, folder: "/tmp", stop: stop)
    }
  }

  @Test func aFolderIsNoList() throws {
    #expect(throws: FileError.self) {
      try KeyList(
        reading: try OpenFile("/tmp", .reading), separator: 10, folder: "/tmp", stop: StopSignal())
    }
  }
}
