internal import AWSKit

/// What S3 and CloudFront log of requests, for the buckets and distributions whose settings ask for it, until it is
/// delivered.
struct AccessLogs: Sendable {
  /// By bucket, in the order of the requests.
  private(set) var s3: [String: [String]] = [:]
  /// By the distribution's ID.
  private(set) var cloudFront: [String: [String]] = [:]
  /// Of a bucket or a distribution: more than these push out the oldest half.
  private static let maximumLines = 1_000_000

  mutating func addS3(_ line: String, bucket: String) { Self.add(line, to: &s3[bucket, default: []]) }

  mutating func addCloudFront(_ line: String, distributionID: String) {
    Self.add(line, to: &cloudFront[distributionID, default: []])
  }

  private static func add(_ line: String, to lines: inout [String]) {
    if lines.count >= maximumLines { lines.removeFirst(maximumLines / 2) }
    lines.append(line)
  }

  /// A file as S3 writes it (User Guide: "Amazon S3 server access log format").
  func s3File(of bucket: String) -> [UInt8] { Self.file(s3[bucket] ?? []) }

  /// A file as CloudFront writes it, before it is compressed (Developer Guide: "Standard logging reference").
  func cloudFrontFile(of distributionID: String) -> [UInt8] {
    Self.file(
      ["#Version: 1.0", "#Fields: " + Self.cloudFrontFields.joined(separator: " ")] + (cloudFront[distributionID] ?? [])
    )
  }

  /// The columns of CloudFront's files, in their order.
  private static let cloudFrontFields = [
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status",
    "cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type", "x-edge-request-id",
    "x-host-header", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher",
    "x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port",
    "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start",
    "sc-range-end",
  ]

  private static func file(_ lines: [String]) -> [UInt8] {
    lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
  }

  /// Forgets what has been delivered.
  mutating func removeAll() {
    s3 = [:]
    cloudFront = [:]
  }
}
