import Glibc
import AWSKit
import Testing

@Suite struct FileContentTests {
  @Test func readsAWholeFile() throws {
    var template = Array("/tmp/fixacl-file-content-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { unlink(path) }
    // More than one read's worth.
    let bytes = (0..<40_000).map { UInt8(truncatingIfNeeded: $0) }
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    guard case .bytes(bytes) = FileContent(path: path) else {
      Issue.record("not what was written")
      return
    }
  }

  @Test(arguments: ["/nonexistent/x", "/tmp", "/dev/null/x", ""])
  func notFound(path: String) {
    guard case .notFound = FileContent(path: path) else {
      Issue.record("\(path) should count as not found")
      return
    }
  }

  @Test func emptyDevice() {
    guard case .bytes([]) = FileContent(path: "/dev/null") else {
      Issue.record("AWS_CONFIG_FILE=/dev/null is a common way to have no file")
      return
    }
  }

  @Test func unreadable() {
    guard case .unreadable(let reason) = FileContent(path: "/proc/self/mem") else {
      Issue.record("reading address 0 should fail")
      return
    }
    #expect(!reason.isEmpty)
  }
}
