/// One API call of S3 or another AWS service: what to send, and how to read the answer.
package struct AWSOperation<Output: Sendable>: Sendable {
  /// The operation's name in the S3 API.
  package let name: String
  package var method: HTTPMethod = .get
  package var bucket: String?
  package var key: ObjectKey?
  /// The encoded path, for services without buckets.
  package var path: String?
  /// For S3 Control's operations, on a whole account: a header names it, and Amazon puts it before the host name.
  package let account: AccountID?
  /// Names and values, not encoded. A name without a value (a sub-resource) has an empty one.
  package var query: [(name: String, value: [UInt8])] = []
  package var headers: [(name: String, value: String)] = []
  package var body = RequestBody.empty
  /// Why it must not be sent; nil if it may.
  package var obstacle: String?
  /// Whether it asks for a page of a listing.
  var isPage = false
  /// The longest answer accepted: all but listings and policies fit into a few KB.
  package var maximumResponseBytes: Int
  /// The stall timeout: seconds without a byte before giving up; nil for the transport's default.
  package var stallTimeoutSeconds: Int?
  /// Whether the server sends blanks while it works, which are all that comes for minutes.
  package var sendsBlanks = false
  /// Whether the client may repeat it if it cannot tell whether the server carried it out.
  package var repetition: Repetition
  /// The time limit in seconds, however much has arrived: a small answer has no reason to take longer.
  package var deadlineSeconds = 60
  /// Whether its answer is of use, but not needed: then it is given up soon.
  package var isHint = false
  /// Secrets that it carries beside its credentials: no error shows them.
  package var secrets: [String] = []
  package let parse: @Sendable (HTTPResponse) throws(XMLError) -> Output

  package init(
    _ name: String, _ method: HTTPMethod = .get, bucket: String? = nil, key: ObjectKey? = nil, path: String? = nil,
    account: AccountID? = nil, versionID: String? = nil, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], document: XMLWriter? = nil,
    parse: @escaping @Sendable (HTTPResponse) throws(XMLError) -> Output
  ) {
    self.name = name
    self.method = method
    repetition = Repetition(method)
    // A server that does not know a sub-resource of a bucket may list the bucket instead.
    let isOfBucket = bucket != nil && key == nil
    maximumResponseBytes = isOfBucket ? 8 << 20 : 256 << 10
    self.bucket = bucket
    self.key = key
    self.path = path
    self.account = account
    self.query = query.map { ($0.name, Array($0.value.utf8)) }
    if let versionID { self.query.append(("versionId", Array(versionID.utf8))) }
    self.headers = headers
    if let account { self.headers.append(("x-amz-account-id", account.digits)) }
    if let document { self.body = RequestBody(document) } else if !body.isEmpty { self.body = RequestBody(body) }
    self.parse = parse
  }

  /// The kind of the request, which decides on limits.
  var kind: RequestKind { isPage ? .page : RequestKind(method) }

  /// What the request is about, which decides on retries.
  var scope: RequestScope {
    guard key != nil else { return isHint ? .hint : .other }
    return RequestKind(method) == .read ? .objectRead : .objectWrite
  }

  /// The query for Signature Version 4: encoded, and sorted by encoded names.
  var canonicalQuery: String {
    // Nearly all requests have one sub-resource and nothing else.
    if query.count == 1, query[0].value.isEmpty { return PercentEncoding.encode(query[0].name) + "=" }
    let encoded = query.map { parameter in
      (name: PercentEncoding.encode(parameter.name), value: PercentEncoding.encode(parameter.value))
    }
    let sorted = encoded.sorted { $0.name == $1.name ? $0.value < $1.value : $0.name < $1.name }
    return sorted.map { $0.name + "=" + $0.value }.joined(separator: "&")
  }
}

/// What to do after a failure that leaves open whether the server carried out an operation: a lost, malformed or
/// interrupted answer, or a 500.
package enum Repetition: Sendable {
  /// Repeat it: it changes nothing, or doing it twice has the same result.
  case always
  /// Fail with `AWSError.isOutcomeUnknown`: the caller looks first, then repeats the operation or counts it as done.
  case afterLook

  /// The default for a method.
  init(_ method: HTTPMethod) {
    switch method {
    case .get, .head: self = .always
    case .put, .post, .delete: self = .afterLook
    }
  }
}

extension AWSOperation where Output == Void {
  /// Reads answers without content. S3 can send an error with status 200; anything else is not from S3.
  @Sendable static func expectNoError(_ response: HTTPResponse) throws(XMLError) {
    guard response.body.contains(where: { !(0x09...0x0d).contains($0) && $0 != 0x20 }) else { return }
    _ = try XMLElement(parsing: response.body, root: "Error")
    // The client recognizes this root.
    throw .unexpectedRoot("Error")
  }
}
