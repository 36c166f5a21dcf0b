/// The HTTP methods that S3 operations use here.
package enum HTTPMethod: String, Sendable {
  case get = "GET"
  case head = "HEAD"
  case put = "PUT"
  case delete = "DELETE"
  case post = "POST"
}

/// One HTTP request, with path and query percent-encoded exactly as they were signed.
package struct HTTPRequest: Sendable {
  package var method: HTTPMethod
  /// `http` or `https`.
  package var scheme: String
  /// The value of the `Host` header: host, and port unless it is the scheme's default.
  package var authority: String
  /// Percent-encoded, beginning with a slash. Sent unchanged: nothing resolves `..` or merges slashes.
  package var path: String
  /// Percent-encoded, without the question mark; empty for none.
  package var query: String
  /// In sending order; repeated names stay repeated.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// The longest answer accepted; a longer one is an error.
  package var maximumResponseBytes: Int
  /// The stall timeout: seconds without a byte before giving up; nil for the transport's default.
  package var stallTimeoutSeconds: Int?
  /// The rate floor: an answer that is slower than this for the time of the stall timeout is given up.
  package var minimumBytesPerSecond = Self.standardMinimumBytesPerSecond
  /// Whether the transport may send it again by itself if a kept connection turns out to be closed.
  package var maySendTwice: Bool
  /// The time limit in seconds, however much has arrived; nil for none.
  package var deadlineSeconds: Int?

  package init(
    method: HTTPMethod, scheme: String, authority: String, path: String, query: String = "",
    headers: [(name: String, value: String)] = [], body: [UInt8] = [],
    maximumResponseBytes: Int = 16 << 20, stallTimeoutSeconds: Int? = nil, deadlineSeconds: Int? = nil,
    maySendTwice: Bool = true
  ) {
    self.method = method
    self.scheme = scheme
    self.authority = authority
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.maximumResponseBytes = maximumResponseBytes
    self.stallTimeoutSeconds = stallTimeoutSeconds
    self.maySendTwice = maySendTwice
    self.deadlineSeconds = deadlineSeconds
  }

  /// Hundreds of pages at once over a line of 1 Mbit/s get more than this each.
  package static let standardMinimumBytesPerSecond = 100

  /// The whole URL.
  package var url: String {
    var url = ""
    url.reserveCapacity(scheme.utf8.count + authority.utf8.count + path.utf8.count + query.utf8.count + 4)
    for part in [scheme, "://", authority, path, query.isEmpty ? "" : "?", query] { url += part }
    return url
  }
}
