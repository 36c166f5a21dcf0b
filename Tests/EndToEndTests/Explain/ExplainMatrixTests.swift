import AWSKit
import TestSupport
import Testing

/// Every row of the authorization matrix that reads: what explain says of the caller is what the server answers.
struct ExplainMatrixTests {
  static let rows = AccessCase.all.filter { $0.request == .getObject }

  @Test(arguments: S3TestServer.all, rows)
  func theVerdictIsTheAnswer(server: S3TestServer, row: AccessCase) async throws {
    if server.kind == .radosGW, row.notOnRadosGW != nil { return }
    let (bucket, response) = try await server.bucketAndAnswer(to: row)
    let place = try Workplace(server)
    // Their credentials tell the account numbers that policies name.
    var arguments = ["s3://\(bucket)/key"] + ["tools", "other", "oai"].flatMap { ["--owner-profile", $0] }
    if let id = server.id(of: row.caller) { arguments += ["--id", id.value] } else { arguments.append("--anonymous") }
    let (document, _) = try await place.explain(arguments)
    let reader = try #require(document.readers.first)
    let layers = reader.layers.map { "\($0.layer) \($0.verdict) \($0.reasons)" }
    // A Deny for everybody keeps explain from looking, too.
    let isBlind = row.policy.contains { $0.effect == "Deny" && ($0.principal == nil || $0.principal == .site) }
    if isBlind, reader.verdict == "unknown" { return }
    #expect(reader.verdict == (response.isSuccess ? "allowed" : "denied"), "\(row): \(response.status) \(layers)")
    #expect(reader.deniedBy.isEmpty == response.isSuccess, "\(row): \(layers)")
  }
}
