import Crypto
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// What reconcile remembers of the last good run.
@Suite struct LastRunTests {
  private static let run = LastRun(at: Timestamp(seconds: 1_795_428_900), plan: SamplePlan.mixed.header, previous: nil)

  /// Changes the file, and gives it a digest that fits.
  private static func doctored(_ text: String, _ replacement: String) throws -> [UInt8] {
    let whole = String(decoding: run.bytes, as: UTF8.self)
    let start = try #require(whole.ranges(of: "\"digest\":\"").last).lowerBound
    var digested = String(whole[..<start])
    let range = try #require(digested.firstRange(of: text), "the file has no \(text)")
    digested.replaceSubrange(range, with: replacement)
    let digest = PlanWriter.text(of: SHA256.hash(data: Array(digested.utf8)))
    return Array((digested + "\"digest\":\"\(digest)\"}\n").utf8)
  }

  @Test func isReadAsItWasWritten() throws {
    #expect(try LastRun(parsing: Self.run.bytes) == Self.run)
  }

  /// A digest is no secret: what no plan can say, no run has known.
  @Test(arguments: [
    ("\"name\":\"assets\"", "\"name\":\"a/../b\"", "is not a bucket's name"),
    ("\"region\":\"eu-west-1\"", "\"region\":\"evil.example/\"", "is not a region"),
    ("http://127.0.0.1:8000", "http://user:secret@127.0.0.1:8000", "is not a server's URL"),
    ("\"permission\":\"READ\"}],\"readers\"", "\"permission\":\"WRITE\"}],\"readers\"", "does not grant"),
    ("\"owners\":[", "\"owners\":[\"\",", "nobody's ID"),
    ("\"owners\":[", "\"owners\":[\"a\\u001b[31m\",", "nobody's ID"),
  ])
  func whatNoPlanCanSay(text: String, replacement: String, reason: String) throws {
    let bytes = try Self.doctored(text, replacement)
    let detail = try #require(throws: FileFormatError.Detail.self) { try LastRun(parsing: bytes) }
    #expect(detail.text.contains(reason), "\(detail.text)")
  }
}
