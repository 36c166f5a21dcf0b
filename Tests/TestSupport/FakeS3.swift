package import AWSKit
internal import Synchronization

/// A bucket in memory that answers S3's requests: its objects have owners, and ACLs that are enforced.
///
/// An access key is the canonical ID of its account. As with Ceph RadosGW, a copy loses the object's tags.
package final class FakeS3: HTTPTransport {
  package struct Object: Sendable, Equatable {
    package var etag = "e1"
    package var size = 10
    package var acl: AccessControlList
    /// What HEAD shows besides ETag and length.
    package var headers: [String: String] = [:]
    package var tags: [ObjectTag] = []
    /// Nil on a bucket without versions.
    package var versionID: String?

    package init(_ acl: AccessControlList) {
      self.acl = acl
    }

    fileprivate func rights(of caller: CanonicalID) -> Permission.Rights {
      [Grantee.canonicalUser(caller), .allUsers, .authenticatedUsers].reduce(
        caller == acl.owner ? [.readACP, .writeACP] : []
      ) { $0.union(acl.rights(of: $1)) }
    }
  }

  /// A request, as a test may want to count or spoil it.
  package struct Call: Sendable, Equatable {
    package let operation: String
    package let key: ObjectKey?
    package let caller: CanonicalID
    /// Its place among all requests, from 1.
    package let number: Int
  }

  /// Answers a request, by carrying it out or in place of that.
  package typealias Interceptor = @Sendable (Call, () -> HTTPResponse) -> HTTPResponse

  private struct State {
    var objects: [ObjectKey: Object] = [:]
    /// Old versions, the newest of each key first.
    var older: [ObjectKey: [Object]] = [:]
    var keepsVersions = false
    var versionsMade = 0
    var sortedKeys: [ObjectKey]?
    var calls: [Call] = []
    var inFlight = 0
    var maximumInFlight = 0
    var interceptor: Interceptor?

    func versions(of key: ObjectKey) -> [Object] { (objects[key].map { [$0] } ?? []) + older[key, default: []] }

    /// The version with that ID; nil for the current one.
    func object(_ key: ObjectKey, version: String?) -> Object? {
      version.map { id in versions(of: key).first { $0.versionID == id } } ?? objects[key]
    }

    mutating func change(_ key: ObjectKey, version: String?, _ body: (inout Object) -> Void) {
      if let version, let index = older[key]?.firstIndex(where: { $0.versionID == version }) {
        body(&older[key]![index])
      } else if objects[key] != nil {
        body(&objects[key]!)
      }
    }

    mutating func remove(_ key: ObjectKey, version: String) {
      var rest = versions(of: key).filter { $0.versionID != version }
      if rest.isEmpty { sortedKeys = nil }
      objects[key] = rest.isEmpty ? nil : rest.removeFirst()
      older[key] = rest.isEmpty ? nil : rest
    }
  }

  private let pageSize: Int
  private let state = Mutex(State())

  /// - Parameter pageSize: the most objects of a page; S3 may always send fewer than it is asked for.
  package init(pageSize: Int = 1000) {
    self.pageSize = pageSize
  }

  package subscript(key: ObjectKey) -> Object? {
    get { state.withLock { $0.objects[key] } }
    set {
      state.withLock { state in
        if (state.objects[key] == nil) != (newValue == nil) { state.sortedKeys = nil }
        state.objects[key] = newValue
      }
    }
  }

  package subscript(key: String) -> Object? {
    get { self[ObjectKey(key)] }
    set { self[ObjectKey(key)] = newValue }
  }

  package var objects: [ObjectKey: Object] { state.withLock { $0.objects } }

  /// The old versions of each key that has some, the newest first.
  package var older: [ObjectKey: [Object]] {
    get { state.withLock { $0.older } }
    set { state.withLock { $0.older = newValue } }
  }

  /// Has copies leave what they are made of behind from now on, as on a bucket with versions.
  package func keepVersions() {
    state.withLock { $0.keepsVersions = true }
  }

  /// All requests so far.
  package var calls: [Call] { state.withLock { $0.calls } }

  /// The most requests that were under way at once.
  package var maximumInFlight: Int { state.withLock { $0.maximumInFlight } }

  /// How many requests of each operation there were.
  package var counts: [String: Int] {
    calls.reduce(into: [:]) { $0[$1.operation, default: 0] += 1 }
  }

  /// Begins to count anew.
  package func forgetCalls() {
    state.withLock { state in
      state.calls = []
      state.maximumInFlight = state.inFlight
    }
  }

  /// Has `body` answer all requests from now on; nil for nobody.
  package func intercept(_ body: Interceptor?) {
    state.withLock { $0.interceptor = body }
  }

  package func client(of account: CanonicalID, throttle: Throttle) -> AWSClient {
    var surroundings = AWSClient.Dependencies()
    surroundings.sleep = { _ in }
    return AWSClient(
      endpoint: AWSEndpoint(url: "http://fake.test")!, region: "us-east-1",
      credentials: StaticCredentialsProvider(
        Credentials(accessKeyID: account.value, secretAccessKey: "secret of \(account.value)")),
      transport: self, throttle: throttle, surroundings: surroundings)
  }

  package static func error(_ status: Int, _ code: String) -> HTTPResponse {
    HTTPResponse(status: status, body: Array("<Error><Code>\(code)</Code></Error>".utf8))
  }

  // MARK: - Answering

  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let query = Self.query(of: request)
    let call = state.withLock { state in
      let call = Call(
        operation: Self.operation(of: request, query: query), key: Self.key(of: request),
        caller: Self.caller(of: request), number: state.calls.count + 1)
      state.calls.append(call)
      state.inFlight += 1
      state.maximumInFlight = max(state.maximumInFlight, state.inFlight)
      return call
    }
    // Lets others go first, so that answers come in another order than questions.
    for _ in 0..<Int.random(in: 0...3) { await Task.yield() }
    let response: HTTPResponse
    if let interceptor = state.withLock({ $0.interceptor }) {
      response = interceptor(call) { answer(call, request, query) }
    } else {
      response = answer(call, request, query)
    }
    state.withLock { $0.inFlight -= 1 }
    return response
  }

  private func answer(_ call: Call, _ request: HTTPRequest, _ query: [String: [UInt8]]) -> HTTPResponse {
    state.withLock { state in
      guard let key = call.key else {
        return query["versions"] == nil ? list(&state, query) : listVersions(state, query)
      }
      let version = query["versionId"].map { String(decoding: $0, as: UTF8.self) }
      if call.operation == "DeleteObject", let version {
        state.remove(key, version: version)
        return HTTPResponse(status: 204)
      }
      guard let object = state.object(key, version: version) else { return Self.error(404, "NoSuchKey") }
      let rights = object.rights(of: call.caller)
      let denied = Self.error(403, "AccessDenied")
      switch call.operation {
      case "HeadObject": return rights.contains(.read) ? head(object) : HTTPResponse(status: 403)
      case "GetObjectAcl":
        return rights.contains(.readACP) ? HTTPResponse(status: 200, body: Self.xml(object.acl)) : denied
      case "PutObjectAcl":
        guard let acl = try? AccessControlList(parsing: request.body), acl.owner == object.acl.owner,
          rights.contains(.writeACP)
        else { return denied }
        state.change(key, version: version) { $0.acl = acl }
        return HTTPResponse(status: 200)
      case "CopyObject":
        guard rights.contains(.read) else { return denied }
        return copy(object, key: key, request, caller: call.caller, &state)
      case "GetObjectTagging": return HTTPResponse(status: 200, body: Self.xml(object.tags))
      case "PutObjectTagging":
        guard let tagging = try? XMLElement(parsing: request.body, root: "Tagging")["TagSet"] else {
          return Self.error(400, "MalformedXML")
        }
        state.change(key, version: version) { object in
          object.tags = tagging.all("Tag").map {
            ObjectTag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "")
          }
        }
        return HTTPResponse(status: 200)
      default: return Self.error(501, "NotImplemented")
      }
    }
  }

  private func list(_ state: inout State, _ query: [String: [UInt8]]) -> HTTPResponse {
    let keys = state.sortedKeys ?? state.objects.keys.sorted()
    state.sortedKeys = keys
    let prefix = ObjectKey(query["prefix"] ?? [])
    let after = query["start-after"].map { ObjectKey($0) }
    let size = min(pageSize, query["max-keys"].flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 1000)
    let found = keys.lazy.filter { key in key.hasPrefix(prefix) && after.map { $0 < key } ?? true }.prefix(size + 1)
    let page = Array(found)
    var xml = "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>\(page.count > size)</IsTruncated>"
    for key in page.prefix(size) {
      let object = state.objects[key]!
      xml += "<Contents><Key>\(PercentEncoding.encode(key.bytes, keepingSlashes: true))</Key>"
      xml += "<LastModified>2026-11-20T10:00:00.000Z</LastModified><ETag>&quot;\(object.etag)&quot;</ETag>"
      xml += "<Size>\(object.size)</Size><Owner><ID>\(object.acl.owner.value)</ID></Owner>"
      xml += "<StorageClass>\(object.headers["x-amz-storage-class"] ?? "STANDARD")</StorageClass></Contents>"
    }
    return HTTPResponse(status: 200, body: Array((xml + "</ListBucketResult>").utf8))
  }

  /// All versions with the prefix, on one page.
  private func listVersions(_ state: State, _ query: [String: [UInt8]]) -> HTTPResponse {
    let prefix = ObjectKey(query["prefix"] ?? [])
    var xml = "<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
    for key in Set(state.objects.keys).union(state.older.keys).sorted() where key.hasPrefix(prefix) {
      for (index, object) in state.versions(of: key).enumerated() {
        xml += "<Version><Key>\(PercentEncoding.encode(key.bytes, keepingSlashes: true))</Key>"
        xml += "<VersionId>\(object.versionID ?? "null")</VersionId><IsLatest>\(index == 0)</IsLatest>"
        xml += "<LastModified>2026-11-20T10:00:00.000Z</LastModified><ETag>&quot;\(object.etag)&quot;</ETag>"
        xml += "<Size>\(object.size)</Size><Owner><ID>\(object.acl.owner.value)</ID></Owner></Version>"
      }
    }
    return HTTPResponse(status: 200, body: Array((xml + "</ListVersionsResult>").utf8))
  }

  private func head(_ object: Object) -> HTTPResponse {
    var fields = object.headers.map { (name: $0, value: $1) }
    fields += [("ETag", "\"\(object.etag)\""), ("Content-Length", "\(object.size)")]
    if let version = object.versionID { fields.append(("x-amz-version-id", version)) }
    if !object.tags.isEmpty { fields.append(("x-amz-tagging-count", "\(object.tags.count)")) }
    return HTTPResponse(status: 200, headers: HTTPHeaders(fields))
  }

  private func copy(
    _ object: Object, key: ObjectKey, _ request: HTTPRequest, caller: CanonicalID, _ state: inout State
  ) -> HTTPResponse {
    func header(_ name: String) -> String? { request.headers.first { $0.name.lowercased() == name }?.value }
    guard header("x-amz-copy-source") == request.path, header("x-amz-metadata-directive") == "REPLACE" else {
      return Self.error(400, "InvalidRequest")
    }
    guard header("x-amz-copy-source-if-match") == "\"\(object.etag)\"" else {
      return Self.error(412, "PreconditionFailed")
    }
    var grants: [Grant] = []
    for permission in Permission.allCases {
      let name = permission.rawValue.lowercased().split(separator: "_").joined(separator: "-")
      for grantee in (header("x-amz-grant-" + name) ?? "").split(separator: ", ") {
        let value = String(grantee.dropFirst(grantee.hasPrefix("id=") ? 4 : 5).dropLast())
        grants.append(
          Grant(grantee.hasPrefix("id=") ? .canonicalUser(CanonicalID(value)) : .group(value), permission))
      }
    }
    if grants.isEmpty { grants = [Grant(.canonicalUser(caller), .fullControl)] }
    var copy = object
    copy.acl = AccessControlList(owner: caller, grants: grants)
    copy.tags = []
    if state.keepsVersions {
      state.older[key, default: []].insert(object, at: 0)
      state.versionsMade += 1
      copy.versionID = "made\(state.versionsMade)"
    }
    state.objects[key] = copy
    return HTTPResponse(
      status: 200, headers: HTTPHeaders(copy.versionID.map { [("x-amz-version-id", $0)] } ?? []),
      body: Array("<CopyObjectResult/>".utf8))
  }

  // MARK: - Reading requests

  private static func operation(of request: HTTPRequest, query: [String: [UInt8]]) -> String {
    let subresource = query["acl"] != nil ? "Acl" : query["tagging"] != nil ? "Tagging" : ""
    switch request.method {
    case .head: return "HeadObject"
    case .get where query["versions"] != nil: return "ListObjectVersions"
    case .get: return query["list-type"] == nil ? "GetObject" + subresource : "ListObjectsV2"
    case .put: return subresource.isEmpty ? "CopyObject" : "PutObject" + subresource
    case .delete: return "DeleteObject"
    case .post: return request.method.rawValue
    }
  }

  /// What follows `/bucket/`; nil for the bucket itself.
  private static func key(of request: HTTPRequest) -> ObjectKey? {
    guard let slash = request.path.utf8.dropFirst().firstIndex(of: UInt8(ascii: "/")) else { return nil }
    return PercentEncoding.decode(request.path.utf8[slash...].dropFirst()).map { ObjectKey($0) }
  }

  private static func query(of request: HTTPRequest) -> [String: [UInt8]] {
    request.query.split(separator: "&").reduce(into: [:]) { query, parameter in
      let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[String(parts[0])] = PercentEncoding.decode(parts[1].utf8)
    }
  }

  private static func caller(of request: HTTPRequest) -> CanonicalID {
    let authorization = request.headers.first { $0.name == "Authorization" }?.value ?? ""
    return CanonicalID(String(authorization.split(separator: "Credential=").last?.prefix { $0 != "/" } ?? ""))
  }

  // MARK: - Writing answers

  private static func xml(_ acl: AccessControlList) -> [UInt8] {
    let grants = acl.grants.map { grant in
      switch grant.grantee {
      case .canonicalUser(let id): ("<ID>\(id.value)</ID>", grant.permission.rawValue)
      case .group(let uri): ("<URI>\(uri)</URI>", grant.permission.rawValue)
      }
    }.map { "<Grant><Grantee>\($0)</Grantee><Permission>\($1)</Permission></Grant>" }.joined()
    return Array(
      ("<AccessControlPolicy><Owner><ID>\(acl.owner.value)</ID></Owner>"
        + "<AccessControlList>\(grants)</AccessControlList></AccessControlPolicy>").utf8)
  }

  private static func xml(_ tags: [ObjectTag]) -> [UInt8] {
    let set = tags.map { "<Tag><Key>\($0.key)</Key><Value>\($0.value)</Value></Tag>" }.joined()
    return Array("<Tagging><TagSet>\(set)</TagSet></Tagging>".utf8)
  }
}
