import AWSKit
import Testing

@testable import FixACLKit

@Suite struct S3LogLineTests {
  /// The values of a line.
  private struct Values: Equatable {
    var bucket = "assets"
    var time = "2019-02-06T00:00:38Z"
    var requester = "-"
    var operation = "REST.GET.OBJECT"
    var key = "index.html"
    var request = "GET /assets/index.html HTTP/1.1"
    var status = 403
    var code = "AccessDenied"
    var neededACL: Bool? = false
  }

  private func parse(_ text: String) -> Values? {
    let bytes = Array(text.utf8)
    let span = bytes.span
    guard let line = S3LogLine(span) else { return nil }
    func value(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    return Values(
      bucket: value(line.bucket), time: line.time.extended, requester: value(line.requester),
      operation: value(line.operation), key: value(line.key), request: value(line.request), status: line.status,
      code: value(line.errorCode), neededACL: line.neededACL)
  }

  @Test func allFields() {
    #expect(parse(LogText.s3()) == Values())
    #expect(parse(LogText.s3(neededACL: "Yes"))?.neededACL == true)
    #expect(parse(LogText.s3(requester: "svc:cloudfront.amazonaws.com"))?.requester == "svc:cloudfront.amazonaws.com")
    let other = parse(LogText.s3(time: "31/Dec/2026:23:30:00 -0130", status: "404"))
    #expect(other?.time == "2027-01-01T01:00:00Z" && other?.status == 404)
    #expect(parse(LogText.s3(status: "-", code: "-"))?.status == 0)
  }

  /// New fields come at the end; the ones before say the same.
  @Test func fieldsThatNobodyKnows() {
    #expect(parse(LogText.s3(neededACL: "Yes", tail: " us-east-1 new \"quoted field\""))?.key == "index.html")
    #expect(parse(LogText.s3(neededACL: "Yes", tail: ""))?.neededACL == true)
  }

  /// Old logs lack the last fields.
  @Test func fieldsThatAreMissing() throws {
    let line = LogText.s3(neededACL: "Yes", tail: "")
    let quote = try #require(line.lastIndex(of: "\""))
    for (count, neededACL) in [(0, nil), (1, nil), (7, nil), (8, nil), (9, true)] as [(Int, Bool?)] {
      let words = line[line.index(after: quote)...].split(separator: " ").prefix(count)
      let short = line[...quote] + words.map { " " + $0 }.joined()
      #expect(parse(String(short)) == Values(neededACL: neededACL), "\(count)")
    }
    // Everything after the error code is missing.
    let end = try #require(line.firstRange(of: "AccessDenied")).upperBound
    #expect(parse(String(line[..<end])) == Values(neededACL: nil))
    #expect(parse(String(line[..<line.index(end, offsetBy: -13)])) == nil)
  }

  /// Quotation marks stand in quoted fields as they came.
  @Test(arguments: ["\"", "a \"b\" c", "\" 200 - 1 2 3 4 \"-\" \"x\" - - - - - - - - Yes", "\\\"", "x\"\"", "\"Yes\""])
  func quotationMarks(text: String) {
    let values = parse(LogText.s3(referer: text, agent: text))
    #expect(values == Values(), "nobody writes the fields behind")
    #expect(parse(LogText.s3(agent: text, neededACL: "Yes"))?.neededACL == true)
  }

  @Test func quotationMarksInTheRequest() {
    let request = "GET /\"a\"\"b\" HTTP/1.1"
    #expect(parse(LogText.s3(key: "%2522a%2522", request: request))?.request == request)
  }

  @Test(arguments: [
    "", " ", "a b c", "#Version: 1.0", "\u{1f}\u{8b}", LogText.s3(time: "31/Foo/2026:23:30:00 +0000"),
    LogText.s3(time: "30/Feb/2026:23:30:00 +0000"), LogText.s3(time: "6/Feb/2026:23:30:00 +0000"),
    LogText.s3(bucket: ""), LogText.s3(requester: String(repeating: "r", count: 2049)), LogText.view(),
    "owner assets [06/Feb/2019:00:00:38 +0000] ip - id op key \"GET / 403",
  ])
  func noLine(text: String) {
    #expect(parse(text) == nil)
  }
}
