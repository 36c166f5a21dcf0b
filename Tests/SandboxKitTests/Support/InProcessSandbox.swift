import Foundation
import AWSKit
import Testing

@testable import SandboxKit

/// A sandbox in this process, with accounts as a file describes them.
struct InProcessSandbox {
  let transport: SandboxTransport

  /// - Parameter accounts: the JSON of `--accounts`.
  init(_ accounts: String = #"{"accounts": {"site": {}, "tools": {}}}"#, sessionSeconds: Int? = nil) throws {
    var configuration = Sandbox.Configuration()
    configuration.accounts = try AccountDirectory(parsing: Array(accounts.utf8))
    configuration.settings.sessionSeconds = sessionSeconds
    transport = SandboxTransport(configuration)
  }

  func account(_ name: String) throws -> SandboxAccount {
    try #require(transport.withState { $0.accounts[name] })
  }

  func roleARN(_ role: String, of account: String) throws -> String {
    "arn:aws:iam::\(try self.account(account).accountID):role/\(role)"
  }

  /// Sends a request to the service of a host.
  func send(
    _ method: HTTPMethod = .get, _ host: String, _ path: String, query: [(String, String)] = [],
    headers: [(name: String, value: String)] = [], body: String = ""
  ) -> Answer {
    Answer(transport.answer(request(method, host, path, query: query, headers: headers, body: body)))
  }

  /// Sends a signed request; nobody signs where there are no keys.
  func send(
    _ method: HTTPMethod, _ host: String, _ path: String, query: [(String, String)] = [],
    headers: [(name: String, value: String)] = [], body: String = "", service: String, as credentials: Credentials?,
    region: String = "us-east-1"
  ) -> Answer {
    var request = request(method, host, path, query: query, headers: headers, body: body)
    if let credentials {
      SigV4Signer(region: region, service: service).sign(&request, credentials: credentials, at: .now())
    }
    return Answer(transport.answer(request))
  }

  /// Does an action of STS.
  func sts(_ action: String, _ parameters: [String: String], as credentials: Credentials?) -> Answer {
    let form = parameters.merging(["Action": action, "Version": "2011-06-15"]) { $1 }
    return send(
      .post, "sts.us-east-1.amazonaws.com", "/", body: Self.form(form.map { ($0.key, $0.value) }), service: "sts",
      as: credentials)
  }

  func listBuckets(as credentials: Credentials, query: [(String, String)] = []) -> Answer {
    send(.get, "s3.us-east-1.amazonaws.com", "/", query: query, service: "s3", as: credentials)
  }

  private func request(
    _ method: HTTPMethod, _ host: String, _ path: String, query: [(String, String)],
    headers: [(name: String, value: String)], body: String
  ) -> HTTPRequest {
    HTTPRequest(
      method: method, scheme: "http", authority: host, path: path, query: Self.form(query), headers: headers,
      body: Array(body.utf8))
  }

  private static func form(_ fields: [(String, String)]) -> String {
    // By names, of which one may begin with another.
    fields.map { (PercentCoding.encode($0.0.utf8), PercentCoding.encode($0.1.utf8)) }.sorted(by: <)
      .map { $0.0 + "=" + $0.1 }.joined(separator: "&")
  }
}

/// What a service said.
struct Answer {
  let response: HTTPResponse

  init(_ response: HTTPResponse) {
    self.response = response
  }

  var status: Int { response.status }

  var text: String { String(decoding: response.body, as: UTF8.self) }

  /// The document, whatever its root is.
  private var document: XMLNode? {
    guard let name = text.firstMatch(of: /<(\w+)/)?.1 else { return nil }
    return try? XMLNode(parsing: response.body, root: String(name))
  }

  /// The text at a path of elements below the root; empty where there is nothing.
  func text(_ path: String...) -> String {
    path.reduce(document) { $0?[$1] }?.text ?? ""
  }

  /// A header's value; empty where it is not there.
  func header(_ name: String) -> String { response.headers[name] ?? "" }

  /// The code of an error of S3's, or of the other services'.
  var code: String { text("Error", "Code").isEmpty ? text("Code") : text("Error", "Code") }

  var message: String { text("Error", "Message") }

  /// What a way to assume a role gave out.
  func credentials(of action: String) throws -> Credentials {
    func field(_ name: String) -> String { text("\(action)Result", "Credentials", name) }
    #expect(status == 200, "\(text)")
    return Credentials(
      accessKeyID: field("AccessKeyId"), secretAccessKey: field("SecretAccessKey"),
      sessionToken: field("SessionToken"))
  }

  func expiration(of action: String) throws -> Timestamp {
    try #require(Timestamp(extended: text("\(action)Result", "Credentials", "Expiration")))
  }

  /// The body as JSON.
  func json() throws -> [String: JSONMember] {
    try JSONDecoder().decode([String: JSONMember].self, from: Data(response.body))
  }
}
