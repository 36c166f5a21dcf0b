import AWSKit
import Testing

@testable import FixACLKit

@Suite struct CloudFrontLogColumnsTests {
  private static func columns(_ header: String) -> CloudFrontLogColumns? {
    let bytes = Array(header.utf8)
    return CloudFrontLogColumns(bytes.span)
  }

  /// The values of a line: path, status, type and time.
  private static func parse(_ line: String, header: String) -> [String]? {
    let bytes = Array(line.utf8)
    guard let columns = columns(header)?.adapted(to: bytes.span), let parsed = columns.line(bytes.span) else {
      return nil
    }
    return [
      parsed.path(in: bytes.span)?.text ?? "none", parsed.status(in: bytes.span).map { "\($0)" } ?? "none",
      parsed.resultType(in: bytes.span), parsed.time(in: bytes.span)?.extended ?? "none",
    ]
  }

  @Test func boundByName() {
    let view = LogText.view(path: "/a%20b/caf%C3%A9", type: "ClientGeoBlocked")
    let expected = ["/a b/caf\u{e9}", "403", "ClientGeoBlocked", "2019-12-04T21:02:31Z"]
    #expect(Self.parse(view, header: "#Fields: " + LogText.cloudFrontFields) == expected)
    // More values than columns, such as of a later day.
    #expect(Self.parse(view + "\tnew", header: "#Fields: " + LogText.cloudFrontFields) == expected)
    #expect(
      Self.parse("403\tnew\t/x", header: "#Fields: sc-status new-column cs-uri-stem")?.prefix(2) == ["/x", "403"])
  }

  /// Version 2 has other separators, and seconds.
  @Test(arguments: ["\t", ",", " ", "|"])
  func separators(separator: String) {
    let values = ["1575493351", "/x,y", "403", "Error"].map { separator == "," ? $0.replacing(",", with: "%2C") : $0 }
    let line = values.joined(separator: separator)
    let names = ["timestamp", "cs-uri-stem", "sc-status", "x-edge-result-type"]
    let expected = ["/x,y", "403", "Error", "2019-12-04T21:02:31Z"]
    #expect(Self.parse(line, header: "#Fields: " + names.joined(separator: " ")) == expected)
    #expect(Self.parse(line, header: names.joined(separator: separator)) == expected)
  }

  @Test func missingColumns() {
    let columns = ["date", "time", "cs-uri-stem", "sc-status"]
    #expect(Self.columns("#Fields: " + columns.joined(separator: " "))?.missing == nil)
    for column in columns {
      let rest = columns.filter { $0 != column }.joined(separator: " ")
      #expect(Self.columns("#Fields: " + rest)?.missing?.rawValue == column)
    }
    #expect(Self.columns("#Fields: timestamp cs-uri-stem sc-status")?.missing == nil)
    #expect(Self.columns("#Fields:")?.missing == .path)
  }

  @Test(arguments: ["", "#Version: 1.0", "a b c", "sc-status", LogText.s3(), "{\"sc-status\":\"403\"}"])
  func noHeader(text: String) {
    #expect(Self.columns(text) == nil)
  }

  @Test func brokenLines() {
    let header = "#Fields: date time cs-uri-stem sc-status"
    #expect(Self.parse("2019-12-04\t21:02:31\t/x", header: header) == nil)
    #expect(Self.parse("2019-13-04\t21:02:31\t/x\t403", header: header)?[3] == "none")
    #expect(Self.parse("2019-12-04\t21:02:31\t/x\tmany", header: header)?[1] == "none")
    #expect(Self.parse("2019-12-04\t21:02:31\t/%zz\t000", header: header)?.prefix(2) == ["/%zz", "0"])
    let long = "/" + String(repeating: "x", count: 8192)
    #expect(Self.parse("2019-12-04\t21:02:31\t\(long)\t403", header: header)?[0] == "none")
    let seconds = "#Fields: timestamp cs-uri-stem sc-status"
    #expect(Self.parse("999999999999\t/x\t403", header: seconds)?[3] == "none")
    #expect(Self.parse("2019-12-04\t21:02:31\t-\t403", header: header)?[0] == "none")
  }

  @Test(arguments: [
    ("ClientGeoBlocked", LogAnswerer.edge), ("InvalidRequestBlocked", .edge), ("InvalidRequestCertificate", .edge),
    ("FunctionExecutionError", .edge), ("OriginConnectError", .origin), ("OriginShieldHit", .originOrCache),
    ("Error", .originOrCache), ("Miss", .originOrCache), ("ClientHungUpRequest", .viewer), ("", .originOrCache),
  ])
  func whoAnswered(type: String, expected: LogAnswerer) {
    #expect(LogAnswerer(resultType: type) == expected)
  }
}
