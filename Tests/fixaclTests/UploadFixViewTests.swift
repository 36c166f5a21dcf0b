import AWSKit
import TestSupport
import Testing

@testable import FixACLKit
@testable import fixacl

/// What people are told of the upload path.
@Suite struct UploadFixViewTests {
  private static let id = CanonicalID(String(repeating: "03f348407f09806f", count: 4))

  private static func lines(
    ownership: ObjectOwnership = .objectWriter, policy: BucketPolicyState = .none, allowsReaders: Bool = true,
    uploaders: Int = 1
  ) throws -> [[String]] {
    let reader = Reader(.grantRead, .canonicalUser(id, .read))
    let owners = (0..<uploaders).map {
      (CanonicalID("\($0)" + id.value.dropFirst()), PlanSummary.Owner(objects: 9, changes: 9 - $0))
    }
    let fix = UploadFix(
      bucket: Sample.bucket(endpoint: nil, ownership: ownership),
      desired: Intent(
        grants: [], readers: [reader], strategy: .auto, dropPublicGrants: .never, filter: KeyFilter()),
      policy: policy, allowsReaders: allowsReaders, owners: Dictionary(uniqueKeysWithValues: owners), cliOptions: [])
    return UploadFixView.messages(for: try #require(fix)).map { $0.lines(TextLayout(columns: 80)) }
  }

  /// The paragraphs, each on one line; what follows are commands.
  private static func paragraphs(_ messages: [[String]]) -> [String] {
    messages.map { lines in
      lines.prefix { !$0.hasPrefix("  ") || $0.hasPrefix("      ") }.map { $0.drop { $0 == " " } }
        .joined(separator: " ")
    }
  }

  @Test func ownership() throws {
    let messages = try Self.lines()
    #expect(
      Self.paragraphs(messages) == [
        "note: to fix the upload path, have account 03f348407f09… upload with --acl bucket-owner-full-control (header"
          + " x-amz-acl: bucket-owner-full-control). The bucket owner then owns new objects, if Object Ownership is"
          + " BucketOwnerPreferred:", "note: once they do, have the bucket policy refuse all their other uploads:",
      ])
    #expect(messages.allSatisfy { $0.last?.hasPrefix("  aws s3api put-bucket-") ?? false })
    let preferred = try Self.lines(ownership: .bucketOwnerPreferred, uploaders: 5)
    #expect(
      Self.paragraphs(preferred)[0]
        == "note: to fix the upload path, have account 03f348407f09…, account 13f348407f09…, account 23f348407f09…, 2"
        + " more accounts upload with --acl bucket-owner-full-control (header x-amz-acl: bucket-owner-full-control)."
        + " Object Ownership is BucketOwnerPreferred, so the bucket owner then owns new objects.")
  }

  @Test func grants() throws {
    let messages = try Self.lines(allowsReaders: false)
    #expect(
      Self.paragraphs(messages)[0]
        == "note: to fix the upload path, have account 03f348407f09… upload with these options (headers"
        + " x-amz-grant-read and x-amz-grant-full-control). The bucket policy does not allow every reader, so the"
        + " uploader grants READ:")
    #expect(messages[0].last?.hasPrefix("  --grant-read id=\(Self.id) --grant-full-control id=") ?? false)
    #expect(try Self.paragraphs(Self.lines(allowsReaders: false, uploaders: 2))[0].hasSuffix("is the uploader's own:"))
  }

  @Test func policyThatCannotBeRead() throws {
    let messages = try Self.lines(policy: .malformed("it is not the JSON of a policy"))
    #expect(Self.paragraphs(messages)[1].hasSuffix("fixacl could not read. It refuses all their other uploads:"))
    #expect(messages[1].last?.hasPrefix("  {\"Sid\":") ?? false)
  }

  @Test func linesFitATerminal() throws {
    for messages in [try Self.lines(), try Self.lines(allowsReaders: false, uploaders: 3)] {
      for line in messages.joined() where !line.hasPrefix("  ") || line.hasPrefix("      ") {
        #expect(line.count <= 80, "\(line)")
      }
    }
  }
}
