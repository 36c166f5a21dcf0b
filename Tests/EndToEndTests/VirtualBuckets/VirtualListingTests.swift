import Foundation
import AWSKit
import SandboxKit
import TestSupport
import Testing

/// Buckets of computed objects are listed as S3 lists those that somebody uploaded.
struct VirtualListingTests {
  static let shapes = [
    "hex", "dates", "deep", "prefix", "folders", "counter", "unicode", "partitions", "names", "mixed",
  ]

  /// What only one shape does.
  private func isOf(_ shape: String, _ keys: [ObjectKey]) -> Bool {
    let texts = keys.map(\.text)
    let folders = Dictionary(grouping: texts) { $0.split(separator: "/").dropLast().joined(separator: "/") }
    return switch shape {
    case "hex":
      texts.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{16}/) != nil } && Set(texts.map { $0.prefix(1) }).count == 16
    case "dates": texts.allSatisfy { $0.wholeMatch(of: #/logs/\d{4}/\d\d/\d\d/\d\d/\d{12}\.log\.gz/#) != nil }
    case "deep": texts.allSatisfy { $0.split(separator: "/").count == 10 }
    case "prefix": folders.count == 1 && texts[0].utf8.count > 300
    case "folders": folders.count > 50 && folders.values.map(\.count).sorted().suffix(3).reduce(0, +) > keys.count / 2
    case "counter": texts == (0..<keys.count).map { String(1_000_000_000_000 + $0).dropFirst().description }
    case "unicode": Set(texts.flatMap { $0.unicodeScalars.map { $0.utf8.count } }) == [1, 2, 3, 4]
    case "partitions":
      texts.allSatisfy { $0.wholeMatch(of: #/region=[a-z0-9-]+/device=[0-9a-f]{12}/\d{12}\.avro/#) != nil }
    case "names":
      texts.allSatisfy { $0.wholeMatch(of: #/[a-z]+\d{12}\.json/#) != nil }
        && Set(texts.map { $0.prefix(6) }).count > 100
    case "mixed": Set(texts.map { $0.prefix { $0 != "/" } }) == ["2026", "archive", "backup", "media", "tmp", "z"]
    default: false
    }
  }

  /// Every object is there once, in the order of the bytes, through the test's client and through fixacl.
  @Test func everyShapeHasAllItsKeys() async throws {
    let count = 2100
    let options = Self.shapes.flatMap { ["--virtual", "bucket=all-\($0),count=\(count),shape=\($0),foreign=0.01"] }
    try await OwnSandbox.with(options) { server in
      for shape in Self.shapes {
        let objects = try await server.site.list("all-\(shape)")
        let keys = objects.map(\.key)
        #expect(keys.count == count, "\(shape)")
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.bytes.lexicographicallyPrecedes($1.bytes) }, "\(shape)")
        #expect(isOf(shape, keys), "\(shape): \(keys[0]), \(keys[count - 1])")
        let foreign = objects.filter { $0.owner == server.tools.id }
        #expect(objects.allSatisfy { $0.owner == server.tools.id || $0.owner == server.site.id })

        let plan = try await Workplace(server).fixacl(
          "plan", "all-\(shape)", "--grant-read", server.oai.grantee, "--owner-profile", "tools")
        #expect(plan.status == 0, "\(plan.err)")
        #expect(plan.count("objects listed") == count && plan.count("foreign") == foreign.count, "\(plan.err)")
        #expect(try PlanDocument(plan.stdout).keys == foreign.map(\.key), "\(shape)")
        for object in [objects[0], objects[count / 2], objects[count - 1]] {
          let owner = server[try #require(object.owner)]
          let head = try await owner.head(object.key, in: "all-\(shape)")
          let body = try await owner.get(object.key, in: "all-\(shape)").body
          #expect(head.etag == object.etag && head.size == object.size && body.count == object.size, "\(object.key)")
        }
      }
    }
  }

  /// Seeded random requests, each page for page to its end, against a model that has all keys in memory.
  @Test(arguments: shapes, RawListing.Kind.allCases)
  func pagesAreThoseOfAModel(shape: String, kind: RawListing.Kind) async throws {
    let bucket = "paged"
    try await OwnSandbox.with(["--virtual", "bucket=\(bucket),count=500,shape=\(shape)"]) { server in
      var random = SeededGenerator(seed: 42)
      var keys = try await server.site.list(bucket).map(\.key)
      // Some more in between, and some less.
      for _ in 0..<20 {
        let removed = keys.remove(at: .random(in: keys.indices, using: &random))
        try await server.site.delete(removed, in: bucket)
        let added = ObjectKey(
          keys.randomElement(using: &random)!.bytes + Array(["0", "/x", "~"].randomElement(using: &random)!.utf8))
        try await server.site.put(added, in: bucket)
        if !keys.contains(added) { keys.append(added) }
        keys.sort()
      }
      for _ in 0..<25 {
        let listing = randomListing(kind, of: keys, using: &random)
        var entries: [RawListing.Entry] = []
        var next: [(name: String, value: String)]?
        repeat {
          let page = try await listing.page(of: bucket, after: next, as: server.site)
          entries += page.entries
          next = page.next
          #expect(next == nil ? page.entries.count <= listing.maximum : page.entries.count == listing.maximum)
        } while next != nil && entries.count <= keys.count
        #expect(entries == listing.expected(of: keys), "\(listing)")
      }
    }
  }

  private func randomListing(
    _ kind: RawListing.Kind, of keys: [ObjectKey], using random: inout SeededGenerator
  ) -> RawListing {
    func cut(_ key: ObjectKey) -> ObjectKey {
      // At a character's end, as every prefix that S3 takes.
      let text = key.text
      return ObjectKey(String(text.prefix(.random(in: 0...text.count, using: &random))))
    }
    var listing = RawListing(kind: kind)
    if Bool.random(using: &random) { listing.prefix = cut(keys.randomElement(using: &random)!) }
    if Bool.random(using: &random) { listing.delimiter = ["/", "/", "00", "d", "-"].randomElement(using: &random)! }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: listing.startAfter = keys.randomElement(using: &random)!
    case 1: listing.startAfter = cut(keys.randomElement(using: &random)!)
    case 2: listing.startAfter = ObjectKey(cut(keys.randomElement(using: &random)!).text + "5")
    default: break
    }
    // Pages of one are tried where there are few entries: each costs a request.
    let count = listing.expected(of: keys).count
    listing.maximum = max(1, [count / 7, count / 3, count - 1, count, 1000].randomElement(using: &random)!)
    return listing
  }

  /// A bucket of a million million objects is there as fast as an empty one.
  @Test func theLargestBuckets() async throws {
    let options = Self.shapes.flatMap { ["--virtual", "bucket=vast-\($0),count=1000000000000,shape=\($0)"] }
    try await OwnSandbox.with(options) { server in
      for shape in Self.shapes {
        let listing = RawListing(kind: .objects)
        let first = try await listing.page(of: "vast-\(shape)", after: nil, as: server.site)
        let second = try await listing.page(of: "vast-\(shape)", after: first.next, as: server.site)
        let keys = (first.entries + second.entries).map(\.bytes)
        #expect(keys.count == 2000 && second.next != nil, "\(shape)")
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }, "\(shape)")
      }
      let years = RawListing(kind: .objects, prefix: "logs/", delimiter: "/")
      var entries: [RawListing.Entry] = []
      var next: [(name: String, value: String)]?
      repeat {
        let page = try await years.page(of: "vast-dates", after: next, as: server.site)
        entries += page.entries
        next = page.next
      } while next != nil
      #expect(entries == (2020..<2020 + entries.count).map { .prefix(ObjectKey("logs/\($0)/")) })
      #expect((5000...7979).contains(entries.count))
    }
  }
}
