internal import FixACLKit
internal import AWSKit

extension Configuration {
  /// Block Public Access of the bucket owner's account. Nil where it is not known: the credentials are not the bucket
  /// owner's, or a service cannot be asked.
  func accountPublicAccessBlock(of accounts: Accounts) async -> PublicAccessBlock? {
    guard accounts.main.canonicalID == accounts.bucketOwner, let sts = client(of: .sts),
      let control = client(of: .s3Control)
    else { return nil }
    do throws(AWSError) {
      return try await AccountInspector.publicAccessBlock(sts: sts, control: control)
    } catch {
      // Other servers than Amazon's need not know of these services.
      if control.endpoint.url == nil {
        Console.shared.note(
          "fixacl: whether Block Public Access is on for the whole account is not known. \(error)."
            + " \(Advice.text(for: error))")
      }
      return nil
    }
  }
}
