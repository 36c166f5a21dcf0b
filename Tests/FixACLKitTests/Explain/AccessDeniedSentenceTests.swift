import FixACLKit
import Testing

/// What S3 says of policies when it refuses somebody.
@Suite struct AccessDeniedSentenceTests {
  private static let beginning =
    "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:GetObject on resource: "
    + #""arn:aws:s3:::site/with an explicit deny in a resource-based policy" "#

  @Test(arguments: [
    ("because no identity-based policy allows the s3:GetObject action", AccessDeniedSentence.Policy.identity, false),
    ("because no resource-based policy allows the s3:GetObject action", .resource, false),
    ("with an explicit deny in an identity-based policy", .identity, true),
    ("with an explicit deny in a resource-based policy", .resource, true),
    ("because no session policy allows the s3:GetObject action", .session, false),
    ("because no permissions boundary allows the s3:GetObject action", .boundary, false),
    ("with an explicit deny in a service control policy", .serviceControl, true),
    ("with an explicit deny in a resource control policy", .resourceControl, true),
    ("because no VPC endpoint policy allows the s3:GetObject action", .endpoint, false),
  ])
  func policiesAreTold(end: String, policy: AccessDeniedSentence.Policy, isExplicit: Bool) {
    // A key is a stranger's text, and stands in the sentence.
    let sentence = AccessDeniedSentence(Self.beginning + end)
    #expect(sentence?.policy == policy)
    #expect(sentence?.isExplicit == isExplicit)
  }

  @Test(arguments: ["Access Denied", "", "because no policy allows", "with an explicit deny in a bucket"])
  func othersSayNothing(message: String) {
    #expect(AccessDeniedSentence(message) == nil)
  }
}
