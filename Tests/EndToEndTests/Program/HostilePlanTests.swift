import Foundation
import AWSKit
import TestSupport
import Testing

/// Plans that somebody has made by hand, and files that are not what they seem.
struct HostilePlanTests {
  private static let escape = "\\u001b[31m\\u009b32m\\u202e"

  private func doctor(_ place: Workplace, _ changes: [(String, String)]) async throws {
    try await place.doctorPlan(changes)
  }

  @discardableResult
  private func makePlan(_ place: Workplace, _ server: S3TestServer) async throws -> PlanDocument {
    let bucket = try await server.makeBucket()
    try await server.tools.put(ObjectKey("=1+1"), in: bucket, grants: [server.tools.may(.fullControl)])
    return try await place.plan(server, bucket)
  }

  /// Words of a plan reach a terminal as text, in whatever form they are shown.
  @Test(arguments: S3TestServer.all)
  func nothingInAPlanMovesTheCursor(server: S3TestServer) async throws {
    let place = try Workplace(server)
    try await makePlan(place, server)
    try await doctor(
      place,
      [
        ("\"createdAt\":\"", "\"createdAt\":\"\(Self.escape)"), ("\"tool\":\"", "\"tool\":\"\(Self.escape)"),
        ("\"lastModified\":\"", "\"lastModified\":\"\(Self.escape)"),
        ("\"statement\":null", "\"statement\":\"\(Self.escape)\""),
        ("\"prefix\":null", "\"prefix\":\"\""),
      ])
    for format in ["text", "json", "csv", "html"] {
      let shown = try await place.fixacl("show", "plan.json", "--format", format)
      #expect(shown.status == 0, "\(format): \(shown.err)")
      for character in ["\u{1b}", "\u{9b}", "\u{202e}"] {
        #expect(!shown.out.unicodeScalars.contains(character.unicodeScalars.first!), "\(format)")
      }
      if format == "json" { _ = try JSONSerialization.jsonObject(with: shown.stdout) }
      // No spreadsheet calculates it.
      if format == "csv" { #expect(shown.out.contains("\r\n'=1+1,")) }
    }
    // Nor does what is wrong with it.
    try await doctor(place, [("\"format\":\"fixacl-plan/1", "\"format\":\"\(Self.escape)")])
    let refused = try await place.fixacl("show", "plan.json")
    #expect(refused.status == 1 && !refused.err.contains("\u{1b}") && !refused.err.contains("\u{9b}"))
  }

  @Test func pathsAreEscaped() async throws {
    let place = try Workplace(try #require(S3TestServer.all.first))
    for command in ["show", "apply", "verify", "rollback"] {
      let result = try await place.fixacl(command, "no\u{1b}[31msuch\u{202e}.json")
      #expect(result.status == 1, "\(result.err)")
      #expect(!result.err.contains("\u{1b}") && !result.err.contains("\u{202e}"), "\(command)")
    }
  }

  /// `apply` sends nothing for a plan that grants what nobody asked for.
  @Test(arguments: S3TestServer.all)
  func noGrantIsMadeThatNobodyAskedFor(server: S3TestServer) async throws {
    let place = try Workplace(server)
    try await makePlan(place, server)
    try await doctor(place, [("\"permission\":\"READ\"}],\"readers\"", "\"permission\":\"READ_ACP\"}],\"readers\"")])
    for command in ["apply", "verify"] {
      let result = try await place.fixacl(command, "plan.json", "--owner-profile", "tools")
      #expect(result.status == 1 && result.err.contains("is not a usable plan"), "\(command): \(result.err)")
    }
  }

  /// Nobody else reads what is written, whatever the umask.
  @Test(arguments: ["000", "022", "077", "777"])
  func filesAreTheirOwnersAlone(umask: String) async throws {
    for server in S3TestServer.all {
      let place = try Workplace(server)
      let plan = try await makePlan(place, server)
      let result = try await place.shell(
        "umask \(umask); $FIXACL plan \(plan.bucket.name) -o p.json --owner-profile tools"
          + " --grant-read \(server.oai.grantee) && $FIXACL apply p.json --owner-profile tools")
      #expect(result.status == 0, "\(result.err)")
      for name in ["p.json", "p.json.journal"] {
        let mode = try FileManager.default.attributesOfItem(atPath: place.path(name))[.posixPermissions]
        #expect(mode as? Int == 0o600, "\(name)")
      }
    }
  }

  /// A plan on stdout keeps its checkpoint in the home folder of the password database where there is no HOME.
  @Test func withoutHome() async throws {
    for server in S3TestServer.all {
      let place = try Workplace(server)
      let plan = try await makePlan(place, server)
      for home in ["unset HOME", "HOME=", "HOME=/", "HOME=relative"] {
        let result = try await place.shell(
          "\(home); $FIXACL plan \(plan.bucket.name) --owner-profile tools --grant-read \(server.oai.grantee) >p.json")
        #expect(result.status == 0, "\(home): \(result.err)")
        #expect(!FileManager.default.fileExists(atPath: "/.local"))
        #expect(!place.exists("relative"))
      }
    }
  }
}
