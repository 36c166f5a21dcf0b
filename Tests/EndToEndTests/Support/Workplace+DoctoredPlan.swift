import Crypto
import Foundation
import TestSupport
import Testing

extension Workplace {
  /// Changes `plan.json`, gives its ACLs the names that fit, and the whole a digest that fits: what somebody does who wants
  /// the plan to be believed.
  func doctorPlan(_ changes: [(String, String)]) async throws {
    var text = try read("plan.json")
    for (old, new) in changes {
      try #require(text.contains(old), "the plan has no \(old)")
      text = text.replacing(old, with: new)
    }
    for line in text.split(separator: "\n") where line.contains("\":{\"owner\":") {
      let parts = line.split(separator: ":", maxSplits: 1)
      let name = parts[0].dropFirst().dropLast()
      let acl = parts[1].hasSuffix(",") ? parts[1].dropLast() : parts[1]
      let fitting = Data(Data(SHA256.hash(data: Data(Self.sorted(String(acl)).utf8))).prefix(16)).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      text = text.replacing(name, with: fitting)
    }
    let body = try #require(text.ranges(of: "\"digest\":").last).lowerBound
    let digest = SHA256.hash(data: Data(text[..<body].utf8)).map { String(format: "%02x", $0) }.joined()
    try write(String(text[..<body]) + "\"digest\":\"sha256:\(digest)\"\n}\n", to: "plan.json")
  }

  /// The JSON of an ACL with its grants in the order in which a plan has them.
  private static func sorted(_ acl: String) -> String {
    guard let begin = acl.firstRange(of: "[{")?.upperBound, acl.hasSuffix("}]}") else { return acl }
    let grants = acl[begin...].dropLast(3).split(separator: "},{").sorted()
    return acl[..<begin] + grants.joined(separator: "},{") + "}]}"
  }
}
