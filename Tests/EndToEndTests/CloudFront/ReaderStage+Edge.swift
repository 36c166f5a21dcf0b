import Foundation
import AWSKit
import TestSupport
import Testing

extension ReaderStage {
  /// A bucket that the OAI may read, and a distribution that reads it as the OAI: `index.html` is its root.
  func makeEdge(more: String = "<DefaultRootObject>index.html</DefaultRootObject>") async throws -> String {
    try await putPolicy(allow(identity))
    return try await makeDistribution([(domainName, Self.access(oai: oai))], more: more)
  }

  /// The status that viewers get.
  func view(_ distribution: String, _ path: String) async throws -> Int {
    try await RawClient.send(.get, cloud.viewer, path: "/\(distribution)\(path)").status
  }

  func apply(_ options: String...) async throws -> ProgramResult {
    try await place.start(["apply", "plan.json"] + options).result()
  }

  func verify(_ options: String..., environment: [String: String] = [:]) async throws -> ProgramResult {
    try await place.start(["verify", "plan.json"] + options, environment: environment).result()
  }

  /// The paths of each invalidation of a distribution, the newest first.
  func invalidations(of distribution: String) async throws -> [[String]] {
    let list = try await Self.cloudFront(.get, "distribution/\(distribution)/invalidation", at: cloud)
    let items = try XMLElement(parsing: list.body, root: "InvalidationList")["Items"]
    var found: [[String]] = []
    for summary in items.map({ Array($0.all("InvalidationSummary")) }) ?? [] {
      let id = summary["Id"]?.text ?? ""
      let answer = try await Self.cloudFront(.get, "distribution/\(distribution)/invalidation/\(id)", at: cloud)
      let batch = try XMLElement(parsing: answer.body, root: "Invalidation")["InvalidationBatch"]
      found.append(batch?["Paths"]?["Items"].map { $0.all("Path").map(\.text) } ?? [])
    }
    return found
  }

  func invalidate(_ distribution: String, _ paths: [String]) async throws {
    let items = paths.map { "<Path>\($0)</Path>" }.joined()
    _ = try await Self.cloudFront(
      .post, "distribution/\(distribution)/invalidation",
      body: """
        <InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>\(paths.count)\
        </Quantity><Items>\(items)</Items></Paths><CallerReference>\(UUID().uuidString)</CallerReference>\
        </InvalidationBatch>
        """, at: cloud)
  }
}
