import Foundation
import AWSKit
import TestSupport
import Testing

/// The incident and its repair, as the README tells it.
struct MainJobTests {
  @Test(arguments: S3TestServer.all)
  func theOAICanReadAfterwards(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put("index.html", in: bucket)
    try await server.site.put("own.html", in: bucket)
    #expect(try await server.oai.statusOfGet("index.html", in: bucket) == 403)

    let reader = "id=\(server.oai.id.value)"
    let plan = try await place.fixacl(
      "plan", bucket, "--grant-read", reader, "--owner-profile", "tools", "-o", "plan.json")
    #expect(plan.status == 0, "\(plan.err)")
    #expect(plan.out.isEmpty)
    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 0, "\(apply.err)")

    #expect(try await server.oai.statusOfGet("index.html", in: bucket) == 200)
    #expect(try await server.oai.statusOfGet("own.html", in: bucket) == 403)
    let verify = try await place.fixacl("verify", "plan.json", "--owner-profile", "tools")
    #expect(verify.status == 0, "\(verify.err)")
  }
}
