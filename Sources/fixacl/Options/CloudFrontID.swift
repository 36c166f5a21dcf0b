internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// The ID of something of CloudFront's, alone or in its ARN.
struct CloudFrontID: Equatable {
  let id: String

  /// An OAI's ID, its ARN, or the form in which distributions name it.
  init(oai argument: String) throws(ValidationError) {
    if AmazonCanonicalID.normalized(CanonicalID(argument)) != nil {
      throw ValidationError("that is a canonical ID. Use --grant-read id=\(argument).")
    }
    if let known = AmazonCanonicalID.originAccessIdentity(in: argument) {
      id = known
    } else {
      id = try Self.plain(argument, "write an OAI's ID (E…) or its ARN.")
    }
  }

  /// A distribution's ID or ARN.
  init(distribution argument: String) throws(ValidationError) {
    if let known = AmazonCanonicalID.distribution(in: argument) {
      id = known
    } else {
      id = try Self.plain(
        argument, "write a distribution's ID (E…), which 'aws cloudfront list-distributions' shows.")
    }
  }

  private static func plain(_ argument: String, _ advice: String) throws(ValidationError) -> String {
    let isPlain = argument.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"): true
      default: false
      }
    }
    let isAccount = argument.utf8.count == 12 && argument.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard !argument.isEmpty, isPlain, !isAccount else { throw ValidationError(advice) }
    return argument
  }
}
