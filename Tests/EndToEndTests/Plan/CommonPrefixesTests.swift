import AWSKit
import TestSupport
import Testing

/// What listings with a delimiter say of keys of all kinds, on both servers.
struct CommonPrefixesTests {
  /// Some that XML cannot represent, that encoding changes, and that are folders of others.
  private static let keys = [
    "a", "a b/c", "a b/d", "a+b/c", "a%2Fb/c", "a/", "a/b", "a/b/c", "a/b/d/e", "a/c<&>\"'/d", "a/\u{e9}/f",
    "a/\u{1}/g",
    "a/\n/h", "b-1-x", "b-2-x", "b-2-y", "b/", "c//d", "c//e", "c/d", "\u{65e5}/\u{672c}", "z~a", "z~b~c",
  ].map { ObjectKey($0) }.sorted()

  private static func expected(prefix: ObjectKey, delimiter: UInt8, after: ObjectKey) -> [ObjectKey] {
    let places = keys.filter { $0.hasPrefix(prefix) && $0 > after }.map { key in
      key.bytes[prefix.bytes.count...].firstIndex(of: delimiter).map { ObjectKey(Array(key.bytes[...$0])) } ?? key
    }
    return Set(places).sorted()
  }

  @Test(arguments: S3TestServer.all, [false, true])
  func placesAreThoseOfAModel(server: S3TestServer, ofVersions: Bool) async throws {
    let bucket = try await server.makeBucket()
    if ofVersions { try await server.site.setVersioning("Enabled", of: bucket) }
    for key in Self.keys { try await server.tools.put(key, in: bucket) }
    // A key of which only a delete marker is left is a version of a key.
    if ofVersions { try await server.site.delete(Self.keys[3], in: bucket) }
    for (prefix, delimiter, after) in [
      ("", "/", "!"), ("", "/", "a0"), ("a/", "/", "a/!"), ("a", "/", "a!"), ("a/", "/", "a/b0"), ("", "-", "!"),
      ("b-", "-", "b-10"), ("", " ", "!"), ("", "%", "!"), ("", "~", "!"), ("c/", "/", "c/!"), ("", "b", "!"),
    ] {
      let delimiter = Array(delimiter.utf8)[0]
      let found = try await server.site.client.listCommonPrefixes(
        bucket: bucket, prefix: ObjectKey(prefix), delimiter: delimiter, after: ObjectKey(after), ofVersions: ofVersions
      )
      let expected = Self.expected(prefix: ObjectKey(prefix), delimiter: delimiter, after: ObjectKey(after))
      #expect(Set(found.places) == Set(expected) && !found.isTruncated, "\(prefix) \(delimiter) \(after)")
    }
  }

  /// The splitter asks for folders behind the one that it is in; both servers give what the plan needs.
  @Test(arguments: S3TestServer.all, [[], ["--all-versions"]])
  func aBucketOfFoldersIsListedWhole(server: S3TestServer, options: [String]) async throws {
    let bucket = try await server.makeBucket()
    let keys: [ObjectKey] = (0..<60).flatMap { folder in
      (0..<40).map { hour in ObjectKey("day=\(folder)/hour \(hour)+/x") }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for start in 0..<16 {
        group.addTask {
          for index in stride(from: start, to: keys.count, by: 16) {
            try await server.tools.put(keys[index], in: bucket)
          }
        }
      }
      try await group.waitForAll()
    }
    let plan = try await Workplace(server).plan(server, bucket, options)
    #expect(plan.summary.listed == keys.count)
    #expect(plan.keys == keys.sorted())
  }
}
