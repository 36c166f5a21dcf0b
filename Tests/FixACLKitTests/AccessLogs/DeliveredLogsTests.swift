import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

/// Logs that are objects: those that the sandbox delivers, in the forms of S3 and CloudFront.
@Suite struct DeliveredLogsTests {
  private let sandbox: SandboxTransport
  private let site: SandboxAccount
  private let tools: SandboxAccount
  private static let bucket = "demo-site"

  init() throws {
    var configuration = Sandbox.Configuration()
    configuration.accounts = try AccountDirectory(parsing: Array(#"{"accounts": {"site": {}, "tools": {}}}"#.utf8))
    let sandbox = SandboxTransport(configuration)
    self.sandbox = sandbox
    site = try #require(sandbox.withState { $0.accounts["site"] })
    tools = try #require(sandbox.withState { $0.accounts["tools"] })
  }

  private func client(_ account: SandboxAccount, transport: (any HTTPTransport)? = nil) -> AWSClient {
    var dependencies = AWSClient.Dependencies()
    dependencies.sleep = { _ in }
    return AWSClient(
      endpoint: AWSEndpoint(url: "http://s3.test")!, region: "us-east-1",
      credentials: StaticCredentialsProvider(account.credentials), transport: transport ?? sandbox,
      throttle: Throttle(concurrency: 16), surroundings: dependencies)
  }

  private func put(_ key: String?, _ body: some Sequence<UInt8>, query: String? = nil, as account: SandboxAccount)
    async throws
  {
    try await client(account).run(
      AWSOperation(
        "Put", .put, bucket: Self.bucket, key: key.map { ObjectKey($0) }, query: query.map { [($0, "")] } ?? [],
        body: Array(body), parse: { _ throws(XMLError) in }))
  }

  private func putText(_ key: String?, _ text: String, query: String? = nil, as account: SandboxAccount? = nil)
    async throws
  {
    try await put(key, text.utf8, query: query, as: account ?? site)
  }

  private func read(_ place: String, kind: LogKind = .s3, client: AWSClient? = nil) async throws -> AccessLogReport {
    try await withTemporaryFolder { folder in
      var request = AccessLogRequest()
      let place = try #require(LogPlace(place))
      if kind == .s3 { request.accessLogs = [place] } else { request.cloudFrontLogs = [place] }
      request.bucket = Self.bucket
      let reader = try AccessLogReader(
        request, client: client ?? self.client(site), folder: folder, stop: StopSignal())
      return try await reader.read()
    }
  }

  /// What the sandbox logs of the incident, joined with what is stored.
  @Test func incident() async throws {
    try await putText(nil, "")
    try await putText(
      nil,
      "<BucketLoggingStatus><LoggingEnabled><TargetBucket>\(Self.bucket)</TargetBucket><TargetPrefix>logs/"
        + "</TargetPrefix></LoggingEnabled></BucketLoggingStatus>", query: "logging")
    try await putText(
      nil,
      #"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::\#(tools.accountID):root"}, "#
        + #""Action": "s3:PutObject*", "Resource": "arn:aws:s3:::\#(Self.bucket)/*"}}"#, query: "policy")
    let key = "caf\u{e9} & \"more\"/a+b.html"
    try await putText(key, "text", as: tools)
    try await putText("gone", "text")
    for key in [key, key, "gone", "never"] {
      _ = try? await client(site).objectBytes(bucket: Self.bucket, key: ObjectKey(key), range: 0..<4, etag: nil)
    }
    for _ in 0..<3 {
      _ = try? await client(tools).objectBytes(bucket: Self.bucket, key: ObjectKey("gone"), range: 0..<4, etag: nil)
    }
    let delivered = try await sandbox.send(
      HTTPRequest(method: .post, scheme: "http", authority: "control.test", path: "/logs/deliver"))
    #expect(delivered.status == 200)
    try await client(site).deleteObject(key: ObjectKey("gone"))
    let report = try await read("s3://\(Self.bucket)/logs/")
    let s3 = try #require(report.s3)
    #expect(report.problems.isEmpty && s3.extent.files == 1 && s3.extent.unreadableLines == 0)
    #expect(s3.refused == 5 && s3.succeeded == 1)
    let requesters = s3.requesters.map { "\($0.name.text) \($0.refused)" }
    #expect(requesters == ["\(tools.canonicalID.value) 3", "\(site.canonicalID.value) 2"])
    #expect(report.keys.map { "\($0.key.text) \($0.count)" } == ["gone 3", "\(key) 2"])
    let accounts = Accounts(
      main: Account(label: "site", client: client(site), canonicalID: site.canonicalID),
      owners: [Account(label: "tools", client: client(tools), canonicalID: tools.canonicalID)],
      bucketOwner: site.canonicalID)
    let objects = await accounts.look(at: report.keys, bucket: Self.bucket)
    try #require(objects.count == 2)
    guard case .missing = objects[0].state, case .found(let owner, let acl, nil) = objects[1].state else {
      Issue.record("\(objects)")
      return
    }
    #expect(owner == tools.canonicalID && acl == .owned(by: tools.canonicalID))
    // Nobody else's credentials read it.
    let alone = await Accounts(main: accounts.main, owners: [], bucketOwner: site.canonicalID)
      .look(at: [report.keys[1]], bucket: Self.bucket)
    guard case .found(tools.canonicalID, nil, .some)? = alone.first?.state else {
      Issue.record("\(alone)")
      return
    }
  }

  /// Many small objects, one that is read in parts, and some that cannot be read.
  @Test func manyObjects() async throws {
    try await putText(nil, "")
    let line = LogText.s3(bucket: Self.bucket) + "\n"
    for number in 0..<100 { try await put("logs/a\(number)", line.utf8, as: site) }
    let count = (10 << 20) / line.utf8.count
    try await put("logs/b", String(repeating: line, count: count).utf8, as: site)
    try await put("logs/c.gz", try gzipped(line.utf8), as: site)
    try await put("logs/folder/", [], as: site)
    try await put("logs/secret", line.utf8, as: site)
    try await put("other", line.utf8, as: site)
    let report = try await read(
      "s3://\(Self.bucket)/logs/",
      client: client(
        site,
        transport: Intercepting(transport: sandbox) { request in
          request.path.hasSuffix("/secret") && request.method == .get
            ? HTTPResponse(status: 403, body: Array("<Error><Code>AccessDenied</Code></Error>".utf8)) : nil
        }))
    #expect(report.s3?.refused == 100 + count + 1 && report.s3?.extent.files == 102)
    #expect(report.problems.map { "\($0.place) \($0.word)" } == ["s3://\(Self.bucket)/logs/secret unreadable"])
    let nothing = try await read("s3://\(Self.bucket)/nothing/")
    #expect(nothing.problems.map(\.word) == ["empty"])
    let noBucket = try await read("s3://no-such-bucket/")
    #expect(noBucket.problems.map(\.word) == ["unreadable"])
  }

  /// A log that grows or changes while it is read is said to, and not read half.
  @Test func objectThatChanges() async throws {
    try await putText(nil, "")
    try await put("logs/a", String(repeating: LogText.s3() + "\n", count: 30_000).utf8, as: site)
    let report = try await read(
      "s3://\(Self.bucket)/logs/",
      client: client(
        site,
        transport: Intercepting(transport: sandbox) { request in
          request.headers.contains { $0.name == "Range" && !$0.value.hasPrefix("bytes=0-") }
            ? HTTPResponse(status: 412, body: Array("<Error><Code>PreconditionFailed</Code></Error>".utf8)) : nil
        }))
    #expect(report.problems.map(\.word) == ["unreadable"])
    #expect((1..<30_000).contains(report.s3?.extent.lines ?? 0))
  }
}

/// Answers some requests in place of a server.
private final class Intercepting: HTTPTransport {
  private let transport: any HTTPTransport
  private let answer: @Sendable (HTTPRequest) -> HTTPResponse?

  init(transport: any HTTPTransport, _ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse?) {
    self.transport = transport
    self.answer = answer
  }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    if let response = answer(request) { return response }
    return try await transport.send(request)
  }
}

extension AWSClient {
  fileprivate func deleteObject(key: ObjectKey) async throws {
    try await run(
      AWSOperation("DeleteObject", .delete, bucket: "demo-site", key: key, parse: { _ throws(XMLError) in }))
  }
}
