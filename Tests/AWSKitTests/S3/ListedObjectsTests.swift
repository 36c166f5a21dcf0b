import Testing

@testable import AWSKit

@Suite struct ListedObjectsTests {
  private static let site = CanonicalID("site")
  private static let tools = CanonicalID("tools")

  private static func object(
    _ key: String, owner: CanonicalID? = site, version: ListedObject.Version? = nil
  ) -> ListedObject {
    ListedObject(
      key: ObjectKey(key), etag: "e-\(key)", size: key.utf8.count, lastModified: "2026-11-23T10:15:00.000Z",
      storageClass: "GLACIER_IR", owner: owner, version: version)
  }

  @Test func whatIsPutInComesOut() {
    let objects = [
      Self.object("a"), Self.object("b/\u{e9}\n", owner: Self.tools), Self.object("c", owner: nil),
      Self.object("d", owner: Self.tools, version: .init(id: "v", isLatest: true, isDeleteMarker: false)),
      Self.object("e", version: .init(id: "null", isLatest: false, isDeleteMarker: true)),
    ]
    let page = ListedObjects(objects)
    #expect(Array(page) == objects)
    #expect(page.owners == [Self.site, Self.tools])
    #expect(page.indices.map { page.ownerIndex(at: $0) } == [0, 1, nil, 1, 0])
    #expect(page.indices.map { page.owner(at: $0) } == objects.map(\.owner))
    #expect(page.indices.map { page.key(at: $0) } == objects.map(\.key))
    #expect(page.indices.map { page.isDeleteMarker(at: $0) } == [false, false, false, false, true])
    #expect(ListedObjects().isEmpty && ListedObjects().owners.isEmpty)
  }

  /// The order is that of bytes, against keys that begin alike, end early, or are the same.
  @Test(arguments: ["", "a", "ab", "abc", "abd", "b", "\u{e9}", "e\u{301}"])
  func keysAreCompared(with text: String) {
    let keys = ["a", "abc", "abcd", "e\u{301}", "\u{e9}"]
    let page = ListedObjects(keys.map { Self.object($0) })
    for (index, key) in keys.enumerated() {
      let order = page.order(at: index, ObjectKey(text))
      let (left, right) = (Array(key.utf8), Array(text.utf8))
      #expect((order < 0) == left.lexicographicallyPrecedes(right), "\(key) \(text)")
      #expect((order == 0) == (left == right), "\(key) \(text)")
    }
  }
}
