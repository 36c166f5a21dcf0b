import FixACLKit
import Testing

/// A statement is added to a policy without touching what it says otherwise.
@Suite struct PolicyTextTests {
  private static let statement =
    #"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}"#

  static let policies: [(String, String?)] = [
    (#"{"Version":"2012-10-17","Statement":[]}"#, #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#),
    (
      #"{ "Statement" : [ \#(statement) ] , "Id":"x]}" }"#,
      #"{ "Statement" : [ \#(statement) ,\#(statement)] , "Id":"x]}" }"#
    ),
    (#"{"Statement":\#(statement)}"#, #"{"Statement":[\#(statement),\#(statement)]}"#),
    (
      #"{"Id":"\"Statement\":[","Statement":[\#(statement)]}"#,
      #"{"Id":"\"Statement\":[","Statement":[\#(statement),\#(statement)]}"#
    ),
    (#"{"Statement":[\#(statement)],"Statement":[]}"#, nil), (#"{"Stat\u0065ment":[\#(statement)]}"#, nil),
    (#"{"Statement":7}"#, nil), ("", nil), (#"["Statement"]"#, nil),
  ]

  @Test(arguments: [
    ("{ \"a\" :\n\t[ 1 ,\r\n 2 ] }\n", #"{"a":[1,2]}"#), (#"{"a b": "c \\\" d \\\\" }"#, #"{"a b":"c \\\" d \\\\"}"#),
    ("", ""),
  ])
  func compacted(policy: String, expected: String) { #expect(PolicyText.compact(policy) == expected) }

  @Test(arguments: policies) func aStatementIsAdded(policy: String, expected: String?) {
    let found = PolicyText.adding(Self.statement, to: Array(policy.utf8))
    // With a member that is there twice, nobody knows which one counts.
    #expect(found == expected)
  }
}
