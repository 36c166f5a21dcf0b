import Foundation
import AWSKit
import TestSupport
import Testing

/// Ctrl-C while jobs are submitted: what is said is true, and the same command goes on.
struct BatchInterruptionTests {
  private static func openUploads(_ server: S3TestServer, _ bucket: String) async throws -> Int {
    try await server.site.client.run(
      AWSOperation("ListMultipartUploads", bucket: bucket, query: [("uploads", "")]) { response throws(XMLError) in
        try XMLElement(parsing: response.body, root: "ListMultipartUploadsResult").all("Upload").map(\.name).count
      })
  }

  /// - Parameters:
  ///   - operation: the one whose first answer is awaited when the signal comes.
  ///   - said: what is said of the jobs.
  @Test(arguments: [(operation: "CreateJob", said: "1 of 2 jobs exist"), ("UpdateJobStatus", "2 jobs exist")])
  func whatExistsIsSaid(operation: String, said: String) async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let stage = try await BatchStage(server, keys: BrokenBucket.keys(2))
      try await server.other.put("other", in: stage.bucket.name)
      let owners = ["tools", "other"]
      try await stage.bucket.plan(owners: owners)
      let roles = [server.tools, server.other]
      func waiting() async throws -> Int {
        try await stage.status(owners: owners).out.split(separator: "\n").count {
          $0.contains("waits for confirmation")
        }
      }
      if operation != "CreateJob" {
        #expect(try await stage.submit(roles: roles, owners: owners).status == 0)
        while try await waiting() < 2 {}
      }
      // The sandbox does what is asked for, and is late with the answer.
      try await control.set([SandboxControl.Fault("delay", operation, ms: 8000)])
      let arguments = stage.submission(["--run"], roles: roles, owners: owners)
      let run = try stage.place.start(arguments)
      var hasBegun = false
      while !hasBegun, run.isRunning {
        hasBegun =
          operation == "CreateJob"
          ? try await BatchStage.jobCount(of: server.tools) + BatchStage.jobCount(of: server.other) == 1
          : try await waiting() == 1
      }
      run.signal(SIGINT)
      let result = try await run.result()
      #expect(hasBegun && result.status == 130, "\(result.err)")
      #expect(result.err.contains(said) && !result.err.contains("Nothing was changed"), "\(result.err)")
      #expect(result.err.contains("\n  fixacl batch submit plan.json "), "\(result.err)")
      try await control.clearFaults()
      let again = try await stage.place.fixacl(arguments)
      #expect(again.status == 0 && again.out.split(separator: "\n").count == 2, "\(again.out)\(again.err)")
      try await stage.waitForEnd(owners: owners)
      let collected = try await stage.collect("--verify", owners: owners)
      #expect(collected.status == 0 && collected.count("done") == 3, "\(collected.err)")
    }
  }

  /// No part of a manifest is left behind, which S3 would charge for.
  @Test func aManifestInPartsIsRemoved() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let stage = try await BatchStage(server)
      // Escaped, a byte of such a key takes three.
      let prefix = String(repeating: "é", count: 500)
      try await stage.bucket.upload((0..<3000).map { ObjectKey(prefix + String(10_000 + $0)) })
      try await stage.bucket.plan()
      try await control.set([SandboxControl.Fault("delay", "UploadPart", ms: 2000)])
      let run = try stage.place.start(stage.submission([], roles: [server.tools], owners: ["tools"]))
      var hasBegun = false
      while !hasBegun, run.isRunning { hasBegun = try await Self.openUploads(server, stage.jobs) == 1 }
      run.signal(SIGINT)
      let result = try await run.result()
      #expect(hasBegun && result.status == 130, "\(result.err)")
      #expect(result.err.contains("no job was created") && !result.err.contains("Nothing was changed"), "\(result.err)")
      #expect(try await Self.openUploads(server, stage.jobs) == 0)
      #expect(try await server.site.list(stage.jobs).isEmpty)
      try await control.clearFaults()
      // Nothing stands in anybody's way.
      #expect(try await stage.status().status == 3)
      #expect(try await stage.submit().status == 0)
    }
  }
}
