import S3Kit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct AccountsTests {
  private let server = FakeS3()

  private func account(_ label: String, _ id: CanonicalID?) -> Account {
    Account(
      label: label, client: server.client(of: CanonicalID(label), governor: RequestGovernor(concurrency: 1)),
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
    let error = #expect(throws: S3Error.self) { try accounts.requiredClient(of: Sample.tools) }
    #expect(error?.kind == .credentials)
    #expect(error?.description.contains("none are at hand of the account \(Sample.tools)") == true)
    // Not a refusal: to ask somebody else would not help.
    #expect(error?.isAccessDenied == false)
  }
}
