import SandboxKit
import Testing

@testable import FixACLKit

/// Exact paths up to a budget, then folders, in bounded memory.
@Suite struct InvalidationPathsTests {
  private func paths(_ paths: [String], _ budget: InvalidationPaths.Budget = .init()) -> [String] {
    var collected = InvalidationPaths(budget: budget)
    for path in paths { collected.insert(path) }
    return collected.paths
  }

  /// Whether an invalidation of `paths` takes in a path, as CloudFront decides it.
  private func covers(_ paths: [String], _ path: String) -> Bool {
    paths.contains { $0.hasSuffix("*") ? path.hasPrefix($0.dropLast()) : $0 == path }
  }

  @Test func fewPathsStayExact() {
    #expect(paths(["/b", "/a/c", "/", "/a/", "/b"]) == ["/", "/a/", "/a/c", "/b"])
    #expect(paths([]).isEmpty)
  }

  @Test func aFullFolderIsFolded() {
    let images = (0..<20).map { "/img/\($0).png" }
    #expect(
      paths(["/index.html"] + images + ["/z"], .init(paths: 10, wildcards: 2)) == ["/img/*", "/index.html", "/z"])
    // The folder that is folded is the deepest that has its share.
    let deep = (0..<20).map { "/a/b/c/\($0)" } + (0..<3).map { "/a/\($0)" }
    #expect(paths(deep, .init(paths: 10, wildcards: 2)) == ["/a/0", "/a/1", "/a/2", "/a/b/c/*"])
  }

  @Test func aFlatBucketBecomesEverything() {
    #expect(paths((0..<1000).map { "/\($0)" }).count == 1000)
    #expect(paths((0...1000).map { "/\($0)" }) == ["/*"])
  }

  @Test func anAsteriskFollowsWhatAllPathsBeginWith() {
    let flat = (0..<20).map { "/photo-\($0 + 10).jpg" }
    #expect(paths(flat + ["/index.html"], .init(paths: 21, wildcards: 2)).count == 21)
    #expect(paths(flat, .init(paths: 10, wildcards: 2)) == ["/photo-*"])
    // What comes later counts too.
    #expect(paths(flat + ["/phone", "/photo-99/1"], .init(paths: 10, wildcards: 2)) == ["/pho*"])
    let folders = (0..<20).map { "/v1/d\($0 + 10)/page" }
    #expect(paths(folders + ["/z"], .init(paths: 10, wildcards: 2)) == ["/v1/d*", "/z"])
    // Half a byte is no path.
    let umlauts = (0..<6).map { "/%C3%A\($0)" }
    #expect(paths(umlauts, .init(paths: 3, wildcards: 1)) == ["/%C3*"])
    #expect(paths(["/a%20", "/a%21", "/a%2"], .init(paths: 2, wildcards: 1)) == ["/a*"])
  }

  @Test func foldersThatAreTooManyAreFoldedTogether() {
    var all: [String] = []
    for year in 2000..<2020 {
      for month in 1...12 { for day in 1...28 { all.append("/logs/\(year)/\(month)/\(day).gz") } }
    }
    let result = paths(all + ["/index.html"])
    #expect(result.contains("/index.html"), "\(result.prefix(20))")
    #expect(!result.contains("/*"))
    #expect(result.count { $0.hasSuffix("*") } <= 15)
    #expect(all.allSatisfy { covers(result, $0) })
  }

  @Test func aPathThatIsTooLongIsNamedByItsFolder() {
    let long = String(repeating: "x", count: 4000)
    #expect(paths(["/a/b/\(long)"]) == ["/a/b/*"])
    #expect(paths(["/\(long)"]) == ["/*"])
    #expect(paths(["/a/\(long)/\(long)", "/a/b"]) == ["/a/*"])
    let folders = String(repeating: "/abc", count: 1200)
    #expect(covers(paths([folders]), folders))
  }

  @Test func theDigestTellsPathsApart() {
    let digest = InvalidationPaths.digest(of: ["/a", "/b"])
    #expect(digest.utf8.count == 16 && digest == InvalidationPaths.digest(of: ["/a", "/b"]))
    #expect(digest != InvalidationPaths.digest(of: ["/a"]) && digest != InvalidationPaths.digest(of: ["/a/b"]))
  }

  /// Whatever comes: every path is taken in, and no limit is passed.
  @Test(arguments: 0..<60)
  func nothingIsLeftOut(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let budget = InvalidationPaths.Budget(
      paths: Int.random(in: 1...60, using: &random), wildcards: Int.random(in: 1...15, using: &random))
    let names = (0..<Int.random(in: 2...40, using: &random)).map { "n\($0)" } + [""]
    let depth = Int.random(in: 0...40, using: &random)
    var collected = InvalidationPaths(budget: budget)
    var all: [String] = []
    for _ in 0..<Int.random(in: 1...800, using: &random) {
      let folders = (0..<Int.random(in: 0...depth, using: &random)).map { _ in names.randomElement(using: &random) ?? ""
      }
      var path = "/" + (folders + [names.randomElement(using: &random) ?? ""]).joined(separator: "/")
      if Int.random(in: 0..<100, using: &random) == 0 { path += String(repeating: "y", count: 4000) }
      all.append(path)
      collected.insert(path)
      #expect(collected.count <= budget.paths && collected.wildcardCount <= budget.wildcards)
    }
    let few = collected.reduced(to: .init(paths: 5, wildcards: 2))
    for (paths, budget) in [(collected.paths, budget), (few.paths, .init(paths: 5, wildcards: 2))] {
      #expect(paths.count <= budget.paths && paths.count { $0.hasSuffix("*") } <= budget.wildcards)
      #expect(Set(paths).count == paths.count && !paths.isEmpty)
      for path in paths { #expect(path.hasPrefix("/") && path.utf8.count <= 4000) }
      for path in all where !covers(paths, path) {
        Issue.record("\(path.prefix(100)) is missing in \(paths.prefix(10))")
      }
      // No path is there twice: one that a folder takes in would be paid for nothing.
      for path in paths where !path.hasSuffix("*") { #expect(!covers(paths.filter { $0.hasSuffix("*") }, path)) }
    }
    #expect(few.count <= 5)
    if Set(all).count <= budget.paths, all.allSatisfy({ $0.utf8.count < 4000 }) {
      #expect(collected.paths == Set(all).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
  }

  /// More paths and folders than the tree may hold.
  @Test func manyPathsInManyFoldersStayWithinTheBudget() {
    var collected = InvalidationPaths()
    for number in 0..<200_000 { collected.insert("/f\(number % 977)/g\(number % 31)/\(number)") }
    #expect(collected.count <= 1000 && collected.wildcardCount <= 15 && !collected.isEmpty)
  }
}
