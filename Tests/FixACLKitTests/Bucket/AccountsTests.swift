import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct AccountsTests {
  private let server = InProcessS3(owner: Sample.site)

  private func account(_ label: String, _ id: CanonicalID?) -> Account {
    Account(
      label: label, client: server.client(of: CanonicalID(label), throttle: Throttle(concurrency: 1)),
      canonicalID: id)
  }

  @Test func findsTheClientOfAnOwner() throws {
    let accounts = Accounts(
      main: account("main", Sample.site), owners: [account("a", Sample.tools), account("b", Sample.guest)],
      bucketOwner: Sample.site)
    #expect(accounts.client(of: Sample.oai) == nil)
    #expect(accounts.client(of: Sample.tools) != nil)
    #expect(accounts.bucketOwnerClient === accounts.main.client)
  }

  /// What was named for the purpose comes before what lists the bucket, and the first before the second.
  @Test func firstOneNamedWins() {
    let named = account("named", Sample.site)
    let accounts = Accounts(
      main: account("main", Sample.site), owners: [named, account("again", Sample.site)], bucketOwner: Sample.site)
    #expect(accounts.bucketOwnerClient === named.client)
  }

  /// Credentials whose account is not known copy nothing: the copier becomes the owner.
  @Test(arguments: [nil, Sample.tools])
  func unknownCredentialsDoNotCopy(main: CanonicalID?) {
    let accounts = Accounts(main: account("main", main), owners: [], bucketOwner: Sample.site)
    #expect(accounts.bucketOwnerClient == nil)
  }

  @Test func whatIsRequiredMustBeThere() throws {
    let accounts = Accounts(main: account("main", Sample.site), owners: [], bucketOwner: Sample.site)
    #expect(try accounts.requiredClient(of: Sample.site) === accounts.main.client)
    let error = #expect(throws: AWSError.self) { try accounts.requiredClient(of: Sample.tools) }
    #expect(error?.kind == .credentials)
    #expect(error?.description.contains("none are given for account \(Sample.tools)") == true)
    // Not a refusal: to ask somebody else would not help.
    #expect(error?.isAccessDenied == false)
  }

  /// Profiles that are swapped, two of one account, or own nothing.
  @Test(
    arguments: [
      (Sample.site, [Sample.tools], []), (nil, [Sample.tools], []),
      (
        Sample.tools, [Sample.site],
        [
          .isNotBucketOwner(profile: "main", Sample.tools, bucketOwner: Sample.site), .isBucketOwner(profile: "a"),
        ]
      ),
      (Sample.site, [Sample.tools, Sample.tools], [.isSameAccount(first: "a", second: "b", Sample.tools)]),
      (Sample.site, [Sample.tools, Sample.guest, Sample.site], [.isBucketOwner(profile: "c")]),
    ] as [(CanonicalID?, [CanonicalID], [AccountRemark])])
  func oddChoicesOfProfilesAreSaid(main: CanonicalID?, owners: [CanonicalID], remarks: [AccountRemark]) {
    let accounts = Accounts(
      main: account("main", main), owners: zip(["a", "b", "c"], owners).map { account($0, $1) },
      bucketOwner: Sample.site)
    #expect(accounts.remarks == remarks)
  }

  @Test func aProfileThatOwnsNothingIsSaid() {
    let accounts = Accounts(
      main: account("main", Sample.site), owners: [account("a", Sample.tools), account("b", Sample.guest)],
      bucketOwner: Sample.site)
    #expect(accounts.remarks(onOwners: [Sample.tools]) == [.ownsNothing(profile: "b", Sample.guest)])
    #expect(accounts.remarks(onOwners: [Sample.tools, Sample.guest]).isEmpty)
  }
}
