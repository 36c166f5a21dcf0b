@testable import FixACLKit

/// Lines of logs, as AWS documents them.
enum LogText {
  static let owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

  /// A line of S3's server access log with all fields.
  ///
  /// - Parameter key: encoded twice.
  static func s3(
    bucket: String = "assets", time: String = "06/Feb/2019:00:00:38 +0000", requester: String = "-",
    operation: String = "REST.GET.OBJECT", key: String = "index.html", request: String? = nil, status: String = "403",
    code: String = "AccessDenied", referer: String = "-", agent: String = "curl/8.5", neededACL: String = "-",
    tail: String = " us-east-1"
  ) -> String {
    "\(owner) \(bucket) [\(time)] 192.0.2.3 \(requester) 3E57427F3EXAMPLE \(operation) \(key) "
      + "\"\(request ?? "GET /\(bucket)/\(key.replacing("%25", with: "%")) HTTP/1.1")\" \(status) \(code) 243 - 7 - \"\(referer)\" \"\(agent)\" - "
      + "s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 "
      + "ECDHE-RSA-AES128-GCM-SHA256 AuthHeader assets.s3.us-west-1.amazonaws.com TLSV1.2 - \(neededACL)\(tail)"
  }

  static let cloudFrontFields =
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    + "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
    + "x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status "
    + "fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    + "sc-range-start sc-range-end"

  /// A file of CloudFront's standard log.
  static func cloudFront(_ lines: String..., fields: String = cloudFrontFields) -> String {
    (["#Version: 1.0", "#Fields: " + fields] + lines).map { $0 + "\n" }.joined()
  }

  /// A line of it with all fields.
  static func view(
    time: String = "21:02:31", host: String = "d111111abcdef8.cloudfront.net", path: String = "/index.html",
    status: String = "403", type: String = "Error"
  ) -> String {
    [
      "2019-12-04", time, "LAX1", "392", "192.0.2.100", "GET", host, path, status, "-", "Mozilla/5.0%20(Windows)", "-",
      "-", "Error", "SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==", "www.example.com", "https", "23",
      "0.001", "-", "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "Error", "HTTP/2.0", "-", "-", "11040", "0.001", type,
      "text/html", "78", "-", "-",
    ].joined(separator: "\t")
  }
}
