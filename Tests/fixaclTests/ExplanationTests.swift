import FixACLKit
import Testing

@testable import fixacl

/// Every value that people are told of has words.
@Suite struct ExplanationTests {
  @Test(arguments: ChangeReason.allCases)
  func reasonsAreExplained(reason: ChangeReason) {
    #expect(!reason.explanation.isEmpty)
    #expect(!Staleness.obstacle(reason).explanation.isEmpty)
  }

  @Test(arguments: [Irreversible.ownership, .previousVersion, .publicGrants])
  func whatCannotBeUndoneIsExplained(reason: Irreversible) {
    #expect(!reason.explanation.isEmpty)
  }
}
