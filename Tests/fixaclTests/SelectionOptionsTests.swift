import ArgumentParser
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit
@testable import fixacl

/// How objects are selected on a command line.
@Suite struct SelectionOptionsTests {
  @Test(
    arguments: [
      ("2026-11-01", .moment(Timestamp(seconds: 1_793_491_200))),
      ("2026-11-01T12:00:00Z", .moment(Timestamp(seconds: 1_793_534_400))),
      ("2026-11-01T12:00:00+02:00", .moment(Timestamp(seconds: 1_793_527_200))),
      ("24h", .ago(seconds: 86_400)), ("7d", .ago(seconds: 604_800)), ("0s", .ago(seconds: 0)),
      ("30m", .ago(seconds: 1800)),
    ] as [(String, SelectionRequest.Beginning)])
  func beginnings(text: String, beginning: SelectionRequest.Beginning) throws {
    #expect(try ModifiedSinceArgument(text).beginning == beginning)
  }

  @Test(arguments: ["", "24", "-1h", "h", "yesterday", "2026-02-30", "1795342509", "1w", "2026-11-01T12", "+1h"])
  func noBeginnings(text: String) {
    let error = #expect(throws: ValidationError.self) { try ModifiedSinceArgument(text) }
    #expect(error?.message.contains("2026-11-01T12:00:00Z") == true)
  }

  @Test func owners() throws {
    let anonymous = "65a011a29cdf8ec533ec3d1ccaae921c"
    for text in ["abc", "id=abc", Sample.tools.value, anonymous] {
      #expect(try OwnerArgument(text).id.value == (text.hasPrefix("id=") ? "abc" : text))
    }
    for (text, part) in [
      ("", "missing"), ("a b", "not a canonical ID"), ("E2QWRUHAPOMQZL", "owns no objects"),
      ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHAPOMQZL", "owns no objects"),
      ("a,b", "several"),
    ] {
      let error = #expect(throws: ValidationError.self) { try OwnerArgument(text) }
      #expect(error?.message.contains(part) == true, "\(text): \(error?.message ?? "")")
    }
  }

  /// On Amazon, IDs are judged once the server is known.
  @Test func ownersOnAmazon() throws {
    func normalized(_ owners: [String]) throws -> [String] {
      var request = PlanRequest(
        bucket: "site",
        readers: ReaderRequest(
          originAccessIdentities: [], distributions: [], grantRead: [], grantFullControl: [], wantsOtherGrants: false))
      request.selection.owners = owners.map { CanonicalID($0) }
      return try request.normalizedForAmazon().selection.owners.map(\.value)
    }
    let id = String(repeating: "aB", count: 32)
    let anonymous = "65a011a29cdf8ec533ec3d1ccaae921c"
    #expect(try normalized([id, anonymous]) == [id.lowercased(), anonymous])
    for text in ["111122223333", "tools", String(id.dropLast())] {
      #expect(throws: WorkflowError.self) { try normalized([text]) }
    }
  }

  @Test(
    arguments: [
      (["--keys-from-null"], "--keys-from"), (["--keys-from", ""], "needs a file"), (["--include", ""], "pattern"),
      (["--modified-since", "now"], "2026-11-01"), (["--owner", ""], "missing"),
    ])
  func wrongOptions(options: [String], part: String) {
    let error = #expect(throws: (any Error).self) { try PlanCommand.parse(["site"] + options) }
    #expect(error.map { PlanCommand.message(for: $0).contains(part) } == true)
  }

  @Test func whatIsAskedFor() throws {
    let command = try PlanCommand.parse([
      "site", "--include-own", "--owner", "b", "--owner", "a", "--modified-since", "1d", "--keys-from", "-",
      "--keys-from-null",
    ])
    let request = try command.intent.request(for: BucketArgument("s3://site/img/"), command.selection)
    #expect(request.filter.prefix == "img/")
    #expect(request.selection.includesOwn)
    #expect(request.selection.owners.map(\.value) == ["b", "a"])
    #expect(request.selection.modifiedSince == .ago(seconds: 86_400))
    #expect(request.selection.keys == SelectionRequest.KeySource(path: "-", isNullSeparated: true))
  }
}
