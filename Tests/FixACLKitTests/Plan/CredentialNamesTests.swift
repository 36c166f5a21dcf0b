import FoundationEssentials
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// The names of profiles and roles that plans and journals remember.
@Suite struct CredentialNamesTests {
  private static let names = CredentialNames(
    profile: "my site", ownerProfiles: ["tools", "other"],
    ownerRoles: [
      OwnerRole(arn: "arn:aws:iam::111122223333:role/x"),
      OwnerRole(arn: "arn:aws-cn:iam::111122223333:role/y", externalID: "e"),
    ])

  private static func header(_ names: CredentialNames) -> PlanHeader {
    var header = SamplePlan.mixed.header
    header.credentials = names
    return header
  }

  private static func text(_ header: PlanHeader) throws -> String {
    try withTemporaryFolder { folder in
      try SamplePlan.mixed.write(to: folder + "/plan.json", header: header)
      return String(decoding: try readBytes(folder + "/plan.json"), as: UTF8.self)
    }
  }

  @Test func aPlanRemembersThem() throws {
    let text = try Self.text(Self.header(Self.names))
    #expect(
      text.contains(
        #""credentials":{"profile":"my site","ownerProfiles":["tools","other"],"ownerRoles":["#
          + #"{"arn":"arn:aws:iam::111122223333:role/x"},"#
          + #"{"arn":"arn:aws-cn:iam::111122223333:role/y","externalId":"e"}]},"#))
    let read = try withTemporaryFolder { folder in
      try DoctoredPlan(SamplePlan.mixed, header: Self.header(Self.names)).open(in: folder).header
    }
    #expect(read.credentials == Self.names)
  }

  @Test(.enabled("Python's jsonschema is missing", PlanSchema.canBeChecked))
  func theSchemaKnowsThem() async throws {
    let folder = "/tmp/fixacl-names-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try SamplePlan.mixed.write(to: folder + "/plan.json", header: Self.header(Self.names))
    #expect(try await PlanSchema.faults(of: [folder + "/plan.json"]) == "")
  }

  @Test func aPlanWithoutThemIsAsBefore() throws {
    #expect(try !Self.text(Self.header(CredentialNames())).contains("\"credentials\":"))
  }

  @Test func aJournalRemembersThemToo() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      try SamplePlan.mixed.write(to: path, header: Self.header(Self.names))
      let plan = try Plan(path: path)
      let (journal, _) = try Journal.open(for: plan, bucket: plan.header.bucket)
      _ = journal
      let line = try readBytes(path + ".journal").prefix { $0 != UInt8(ascii: "\n") }
      #expect(try JournalHeader(parsing: line[...]).credentials == Self.names)
    }
  }

  /// A plan can come from somebody else.
  @Test(
    arguments: [
      CredentialNames(profile: ""), CredentialNames(profile: "a\nb"), CredentialNames(ownerProfiles: ["\u{1b}[31m"]),
      CredentialNames(ownerRoles: [OwnerRole(arn: "role/x")]),
      CredentialNames(ownerRoles: [OwnerRole(arn: "arn:aws:iam::1:role/x", externalID: "a\r\nb")]),
      CredentialNames(ownerRoles: [OwnerRole(arn: "arn:aws:iam::111122223333:user/x")]),
      CredentialNames(ownerRoles: [OwnerRole(arn: "arn:aws:iam::evil.example:role/x")]),
      CredentialNames(ownerRoles: [OwnerRole(arn: "arn:aws:iam::111122223333:role/")]),
      CredentialNames(ownerRoles: [OwnerRole(arn: "arn:aws:iam::111122223333:role/x'; y")]),
      CredentialNames(ownerRoles: [OwnerRole(arn: "arn:aws:sts::111122223333:assumed-role/x/y")]),
      CredentialNames(ownerRoles: [OwnerRole(arn: "arn:evil:iam::111122223333:role/x")]),
      CredentialNames(ownerProfiles: [String](repeating: "a", count: 1001)),
    ])
  func namesThatAreNone(names: CredentialNames) throws {
    let plan = try DoctoredPlan(SamplePlan.mixed, header: Self.header(names))
    #expect(try plan.refusal().contains("its 'credentials' are no names of profiles and roles"))
  }
}
