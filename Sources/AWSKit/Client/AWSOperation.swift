/// One call of the S3 API, or of another AWS service's: what is sent, and how the answer is read.
package struct AWSOperation<Output: Sendable>: Sendable {
  /// The operation's name in the S3 API.
  package let name: String
  package var method: HTTPMethod = .get
  package var bucket: String?
  package var key: ObjectKey?
  /// Of services that have no buckets: the path, encoded.
  package var path: String?
  /// Of operations on a whole account: Amazon has it before the host's name; other servers are called by their own.
  package var account: AccountID?
  /// Names and values, not encoded; a name without a value (a sub-resource) has an empty one.
  package var query: [(name: String, value: [UInt8])] = []
  package var headers: [(name: String, value: String)] = []
  package var body = RequestBody.empty
  /// Why it must not be sent; nil for what can.
  package var obstacle: String?
  /// The most bytes that an answer may have: all but listings and policies fit into a few KB.
  package var maximumResponseBytes: Int
  /// Seconds without a byte after which it is given up; nil for the transport's own.
  package var stallTimeoutSeconds: Int?
  /// Whether the client may send it again when it cannot tell whether the server has carried it out.
  package var repetition: Repetition
  /// Seconds after which it is given up however much has come: a small answer has no reason to take longer.
  package var deadlineSeconds = 60
  package let parse: @Sendable (HTTPResponse) throws(XMLError) -> Output

  package init(
    _ name: String, _ method: HTTPMethod = .get, bucket: String? = nil, key: ObjectKey? = nil, path: String? = nil,
    versionID: String? = nil, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], document: XMLWriter? = nil,
    parse: @escaping @Sendable (HTTPResponse) throws(XMLError) -> Output
  ) {
    self.name = name
    self.method = method
    repetition = Repetition(method)
    // A server that does not know a bucket's sub-resource may list the bucket instead.
    let isOfBucket = bucket != nil && key == nil
    maximumResponseBytes = isOfBucket ? 8 << 20 : 256 << 10
    self.bucket = bucket
    self.key = key
    self.path = path
    self.query = query.map { ($0.name, Array($0.value.utf8)) }
    if let versionID { self.query.append(("versionId", Array(versionID.utf8))) }
    self.headers = headers
    if let document { self.body = RequestBody(document) } else if !body.isEmpty { self.body = RequestBody(body) }
    self.parse = parse
  }

  /// What it is about, for whoever decides on retries.
  var scope: RequestScope {
    guard key != nil else { return .other }
    return RequestKind(method) == .read ? .objectRead : .objectWrite
  }

  /// The query as Signature Version 4 wants it: encoded, and sorted by the encoded names.
  var canonicalQuery: String {
    // Most requests by far have one sub-resource and nothing else.
    if query.count == 1, query[0].value.isEmpty { return PercentEncoding.encode(query[0].name) + "=" }
    let encoded = query.map { parameter in
      (name: PercentEncoding.encode(parameter.name), value: PercentEncoding.encode(parameter.value))
    }
    let sorted = encoded.sorted { $0.name == $1.name ? $0.value < $1.value : $0.name < $1.name }
    return sorted.map { $0.name + "=" + $0.value }.joined(separator: "&")
  }
}

/// What to do after a failure that leaves open whether the server has carried an operation out: a lost, malformed or
/// interrupted answer, or a 500.
package enum Repetition: Sendable {
  /// Send it again: it changes nothing, or doing it twice comes to the same.
  case always
  /// Fail with `AWSError.isOutcomeUnknown`: the caller looks first, and then repeats or counts the operation.
  case afterLook

  /// What is right for an operation that says nothing else.
  init(_ method: HTTPMethod) {
    switch method {
    case .get, .head: self = .always
    case .put, .post, .delete: self = .afterLook
    }
  }
}

extension AWSOperation where Output == Void {
  /// For answers that hold nothing. S3 can send an error in a 200; whatever else is there is not from S3.
  @Sendable static func expectNoError(_ response: HTTPResponse) throws(XMLError) {
    guard response.body.contains(where: { !(0x09...0x0d).contains($0) && $0 != 0x20 }) else { return }
    _ = try XMLElement(parsing: response.body, root: "Error")
    // What the client looks for.
    throw .unexpectedRoot("Error")
  }
}
