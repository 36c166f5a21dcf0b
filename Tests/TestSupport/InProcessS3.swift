package import AWSKit
internal import SandboxKit
internal import Synchronization

/// A bucket of the sandbox in this process, into which tests look, whose requests they count, and which they spoil.
///
/// Tags are as on Ceph RadosGW: who may read an object may read
/// and write its tags, and a copy loses them. So it is with the list of annotations. All else is decided as on AWS.
package final class InProcessS3: HTTPTransport {
  /// One version of an object, as far as tests set it or look at it.
  package struct Object: Sendable, Equatable {
    package var etag = "e1"
    package var size = 10
    package var acl: AccessControlList
    /// What HEAD shows besides ETag, length and what every object has.
    package var headers: [String: String] = [:]
    package var tags: [ObjectTag] = []
    /// Nil on a bucket without versions.
    package var versionID: String?

    package init(_ acl: AccessControlList) {
      self.acl = acl
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

  private struct Log {
    var calls: [Call] = []
    var inFlight = 0
    var maximumInFlight = 0
    var interceptor: Interceptor?
    /// By access key.
    var accounts: [String: CanonicalID] = [:]
  }

  private static let name = "assets"
  private let sandbox: SandboxTransport
  private let log = Mutex(Log())

  /// - Parameters:
  ///   - owner: the bucket's.
  ///   - others: accounts that there are besides; those that own an object or are granted something are added.
  ///   - pageSize: the most objects of a page.
  package init(owner: CanonicalID, others: [CanonicalID] = [], pageSize: Int = 1000) {
    var configuration = Sandbox.Configuration()
    configuration.settings.pageSize = pageSize
    configuration.accounts = AccountDirectory([])
    sandbox = SandboxTransport(configuration)
    for id in others { _ = account(of: id) }
    let account = account(of: owner)
    sandbox.withState { state in
      let bucket = SandboxBucket(name: Self.name, owner: account, region: "us-east-1", createdAt: Self.uploaded)
      bucket.policy = Self.everybodyMayList
      state.buckets[Self.name] = bucket
    }
  }

  private static let uploaded = Timestamp(seconds: 1_795_168_800)

  private static let everybodyMayList = try? BucketPolicy(
    parsing: Array(
      """
      {"Statement": {"Effect": "Allow", "Principal": "*", "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
        "Resource": "arn:aws:s3:::\(name)"}}
      """.utf8))

  private func withBucket<Result: Sendable>(_ body: (SandboxBucket) -> Result) -> Result {
    sandbox.withState { state in
      guard let bucket = state.buckets[Self.name] else { preconditionFailure("nobody deletes the bucket") }
      return body(bucket)
    }
  }

  /// The account with that canonical ID; made, if there is none.
  private func account(of id: CanonicalID) -> SandboxAccount {
    let account = sandbox.withState { state in
      if let known = state.accounts.account(canonicalID: id) { return known }
      let new = SandboxAccount(name: id.value, canonicalID: id)
      state.accounts = AccountDirectory(state.accounts.accounts + [new])
      return new
    }
    log.withLock { $0.accounts[account.credentials.accessKeyID] = id }
    return account
  }

  // MARK: - Objects

  package subscript(key: ObjectKey) -> Object? {
    get { withBucket { $0.versions(of: key).first.map(Self.object) } }
    set {
      let current = newValue.map { stored($0, key) }
      withBucket { bucket in
        let older = bucket.versions(of: key).dropFirst()
        bucket.set((current.map { [$0] } ?? []) + (current == nil ? [] : older), for: key)
      }
    }
  }

  package subscript(key: String) -> Object? {
    get { self[ObjectKey(key)] }
    set { self[ObjectKey(key)] = newValue }
  }

  /// The current version of each object.
  package var objects: [ObjectKey: Object] {
    withBucket { bucket in
      bucket.keys.reduce(into: [:]) { objects, key in objects[key] = bucket.versions(of: key).first.map(Self.object) }
    }
  }

  /// The old versions of each key that has some, the newest first.
  package var older: [ObjectKey: [Object]] {
    get {
      withBucket { bucket in
        bucket.keys.reduce(into: [:]) { older, key in
          let versions = bucket.versions(of: key).dropFirst()
          if !versions.isEmpty { older[key] = versions.map(Self.object) }
        }
      }
    }
    set {
      let stored = newValue.map { key, objects in (key, objects.map { self.stored($0, key) }) }
      withBucket { bucket in
        let wanted = Dictionary(uniqueKeysWithValues: stored)
        for key in bucket.keys { bucket.set(bucket.versions(of: key).prefix(1) + (wanted[key] ?? []), for: key) }
      }
    }
  }

  /// Has the bucket keep versions from now on.
  package func keepVersions() {
    withBucket { $0.versioning = .enabled }
  }

  private func stored(_ object: Object, _ key: ObjectKey) -> StoredObject {
    for id in [object.acl.owner] + object.acl.grants.compactMap(\.grantee.canonicalID) { _ = account(of: id) }
    var attributes = ObjectAttributes()
    for (name, value) in object.headers.sorted(by: { $0.key < $1.key }) {
      if name == "x-amz-storage-class" {
        attributes.storageClass = value
      } else if name == "x-amz-server-side-encryption" {
        attributes.encryption.algorithm = value
      } else if name.hasPrefix(Self.metadataPrefix) {
        attributes.userMetadata.append((String(name.dropFirst(Self.metadataPrefix.count)), value))
      } else {
        attributes.contentHeaders.append((name, value))
      }
    }
    attributes.tags = object.tags
    return StoredObject(
      key: key, versionID: object.versionID ?? Self.noVersion, content: Content(generatedFrom: 1, size: object.size),
      etag: object.etag, lastModified: Self.uploaded, acl: object.acl, attributes: attributes)
  }

  private static func object(_ stored: StoredObject) -> Object {
    var object = Object(stored.acl)
    object.etag = stored.etag
    object.size = stored.content.size
    let attributes = stored.attributes
    for (name, value) in attributes.contentHeaders where (name, value) != defaultType { object.headers[name] = value }
    for (name, value) in attributes.userMetadata { object.headers[metadataPrefix + name] = value }
    if attributes.storageClass != "STANDARD" { object.headers["x-amz-storage-class"] = attributes.storageClass }
    if attributes.encryption.algorithm != "AES256" {
      object.headers["x-amz-server-side-encryption"] = attributes.encryption.algorithm
    }
    object.tags = attributes.tags
    object.versionID = stored.versionID == noVersion ? nil : stored.versionID
    return object
  }

  private static let noVersion = "null"
  private static let metadataPrefix = "x-amz-meta-"
  /// What S3 says of an object that was uploaded without a type.
  private static let defaultType = ("Content-Type", "binary/octet-stream")

  // MARK: - Requests

  /// All requests so far.
  package var calls: [Call] { log.withLock { $0.calls } }

  /// The most requests that were under way at once.
  package var maximumInFlight: Int { log.withLock { $0.maximumInFlight } }

  /// How many requests of each operation there were.
  package var counts: [String: Int] {
    calls.reduce(into: [:]) { $0[$1.operation, default: 0] += 1 }
  }

  /// Begins to count anew.
  package func forgetCalls() {
    log.withLock { log in
      log.calls = []
      log.maximumInFlight = log.inFlight
    }
  }

  /// Has `body` answer all requests from now on; nil for nobody.
  package func intercept(_ body: Interceptor?) {
    log.withLock { $0.interceptor = body }
  }

  package func client(of id: CanonicalID, throttle: Throttle) -> AWSClient {
    var surroundings = AWSClient.Dependencies()
    surroundings.sleep = { _ in }
    return AWSClient(
      endpoint: AWSEndpoint(url: "http://s3.test")!, region: "us-east-1",
      credentials: StaticCredentialsProvider(account(of: id).credentials), transport: self, throttle: throttle,
      surroundings: surroundings)
  }

  package static func error(_ status: Int, _ code: String) -> HTTPResponse {
    HTTPResponse(status: status, body: Array("<Error><Code>\(code)</Code></Error>".utf8))
  }

  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let wanted = SandboxTransport.operation(of: request)
    let (call, interceptor) = log.withLock { log in
      let call = Call(
        operation: wanted?.name ?? "unknown", key: wanted.flatMap { $0.key.bytes.isEmpty ? nil : $0.key },
        caller: log.accounts[Self.accessKey(of: request)] ?? CanonicalID(""), number: log.calls.count + 1)
      log.calls.append(call)
      log.inFlight += 1
      log.maximumInFlight = max(log.maximumInFlight, log.inFlight)
      return (call, log.interceptor)
    }
    // Lets others go first, so that answers come in another order than questions.
    for _ in 0..<Int.random(in: 0...3) { await Task.yield() }
    let response = interceptor?(call) { answer(call, request) } ?? answer(call, request)
    log.withLock { $0.inFlight -= 1 }
    return response
  }

  private func answer(_ call: Call, _ request: HTTPRequest) -> HTTPResponse {
    guard let key = call.key else { return sandbox.answer(request) }
    switch call.operation {
    case "GetObjectTagging", "PutObjectTagging", "ListObjectAnnotations":
      let versionID = SandboxTransport.operation(of: request)?.versionID
      let versions = withBucket { $0.versions(of: key) }
      guard let object = versions.first(where: { versionID == nil || $0.versionID == versionID }) else { break }
      return sandbox.answer(request, as: account(of: object.acl.owner))
    case "HeadObject":
      var response = sandbox.answer(request)
      let count = self[key]?.tags.count ?? 0
      if response.isSuccess, count > 0, response.headers["x-amz-tagging-count"] == nil {
        response.headers = HTTPHeaders(
          response.headers.fields(withPrefix: "") + [("x-amz-tagging-count", String(count))])
      }
      return response
    case "CopyObject": return copy(key, request)
    default: break
    }
    return sandbox.answer(request)
  }

  /// Copies an object over itself, without its tags.
  private func copy(_ key: ObjectKey, _ request: HTTPRequest) -> HTTPResponse {
    let source = self[key]
    self[key]?.tags = []
    let response = sandbox.answer(request)
    withBucket { bucket in
      var versions = bucket.versions(of: key)
      for index in versions.indices {
        let isSource = Self.object(versions[index]).versionID == source?.versionID
        if index > 0 && isSource || !response.isSuccess && index == 0 {
          versions[index].attributes.tags = source?.tags ?? []
        } else if index == 0 {
          versions[index].attributes.tags = []
        }
      }
      bucket.set(versions, for: key)
    }
    return response
  }

  private static func accessKey(of request: HTTPRequest) -> String {
    let authorization = request.headers.first { $0.name == "Authorization" }?.value ?? ""
    return String(authorization.split(separator: "Credential=").last?.prefix { $0 != "/" } ?? "")
  }
}
