internal import FoundationEssentials

/// The text of a bucket policy, of which fixacl changes one statement and keeps the others.
package enum BucketPolicyText {
  /// The text is not a policy.
  package struct Malformed: Error {}

  /// The policy with a statement of that Sid, in the place of an earlier one.
  ///
  /// - Parameters:
  ///   - statement: in JSON.
  ///   - policy: nil for none.
  /// - Returns: nil if the policy has this very statement already.
  package static func adding(
    _ statement: [UInt8], sid: String, to policy: [UInt8]?
  ) throws(Malformed) -> [UInt8]? {
    let new = try value(statement)
    var document = try policy.map(value(_:)) ?? .object(["Version": .string("2012-10-17")])
    guard case .object = document else { throw Malformed() }
    var statements: [JSONValue]
    switch document.member("Statement") {
    case nil: statements = []
    case .array(let several)?: statements = several
    case let one?: statements = [one]
    }
    if statements.filter({ $0["Sid"] == sid }) == [new] { return nil }
    if let index = statements.firstIndex(where: { $0["Sid"] == sid }) {
      statements[index] = new
      statements = statements.enumerated().filter { $0.offset == index || $0.element["Sid"] != sid }.map(\.element)
    } else {
      statements.append(new)
    }
    document = document.setting(["Statement": .array(statements)])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(document) else { throw Malformed() }
    return Array(bytes)
  }

  private static func value(_ bytes: [UInt8]) throws(Malformed) -> JSONValue {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { throw Malformed() }
    return value
  }
}

extension AWSClient {
  /// PutBucketPolicy. Needs `s3:PutBucketPolicy`.
  package func putBucketPolicy(_ policy: [UInt8], bucket: String) async throws(AWSError) {
    var operation = AWSOperation(
      "PutBucketPolicy", .put, bucket: bucket, query: [("policy", "")],
      headers: [("Content-Type", "application/json")], body: policy, parse: AWSOperation<Void>.expectNoError)
    operation.repetition = .always
    try await run(operation)
  }
}
