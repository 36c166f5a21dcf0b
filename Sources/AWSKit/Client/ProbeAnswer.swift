/// What came of asking for one byte of an object, by S3 or through CloudFront.
package struct ProbeAnswer: Sendable {
  package let status: Int
  /// The `Server` header: `AmazonS3` if S3 answered, `CloudFront` if the edge did.
  package let server: String?
  /// Seconds that the answer has been in a cache; nil if it has not.
  package let ageSeconds: Int?
  /// The `X-Cache` header, such as `Error from cloudfront`.
  package let cacheStatus: String?
  /// CloudFront's ID of the request, else S3's.
  package let requestID: String?
  /// Without its quotation marks.
  package let etag: String?
  package let location: String?
  /// S3's error code, or the edge's.
  package let code: String?
  /// The server's sentence, at most 1,024 bytes.
  package let message: String

  init(_ response: HTTPResponse) {
    let headers = response.headers
    status = response.status
    server = headers["server"].map { $0.cut(toBytes: 128) }
    ageSeconds = headers["age"].flatMap { Int($0) }
    cacheStatus = headers["x-cache"].map { $0.cut(toBytes: 128) }
    requestID = (headers["x-amz-cf-id"] ?? response.requestID).map { $0.cut(toBytes: 128) }
    etag = headers["etag"].map { etag in
      String(decoding: etag.utf8.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self).cut(toBytes: 256)
    }
    location = headers["location"].map { $0.cut(toBytes: 1024) }
    guard !response.isSuccess else {
      (code, message) = (nil, "")
      return
    }
    let body = ServiceErrorBody(response)
    code = body.code.map { $0.cut(toBytes: 128) }
    message = (body.message.isEmpty ? Self.sentence(ofPage: response.body) : body.message).cut(toBytes: 1024)
  }

  package var isSuccess: Bool { (200..<300).contains(status) }

  /// Whether CloudFront says by `X-Cache` that there was an error: a custom error page may have a status that looks well.
  package static func isMarkedAsError(_ cacheStatus: String?) -> Bool { cacheStatus?.hasPrefix("Error") ?? false }

  /// Whether an ETag that was seen is that of an object: the edge's compression makes it a weak one.
  package static func isETag(_ seen: String, of etag: String) -> Bool { seen == etag || seen == "W/" + etag }

  /// Who answered.
  package enum Source: String, Sendable {
    case origin, edge
  }

  /// A function's answer names it in `X-Cache`; an error that the edge remembers is the origin's all the same.
  package var source: Source {
    guard let server else { return .origin }
    return server.lowercased().hasPrefix("cloudfront") ? .edge : .origin
  }

  /// What the edge's page says: the first line of text between its rules.
  private static func sentence(ofPage body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(16 << 10), as: UTF8.self)
    var lines: [Substring] = []
    var isBody = false
    for line in text.split(separator: "\n") {
      if line.hasPrefix("<HR") {
        if isBody { break }
        isBody = true
      } else if isBody, !line.hasPrefix("<"), !line.allSatisfy({ $0 == " " || $0 == "\r" }) {
        lines.append(line)
      }
    }
    if let first = lines.first { return String(first) }
    return text.hasPrefix("<") ? "" : String(text.prefix { $0 != "\n" })
  }
}
