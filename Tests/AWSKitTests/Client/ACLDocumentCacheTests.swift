import Testing

@testable import AWSKit

@Suite struct ACLDocumentCacheTests {
  private static func acl(_ number: Int) -> AccessControlList {
    AccessControlList(
      owner: CanonicalID("owner \(number % 3)"),
      grants: [Grant(.canonicalUser(CanonicalID("reader \(number)")), .read)])
  }

  /// However many there are, and in whatever order they come.
  @Test(arguments: [1, 4, 8, 9, 300, 1000])
  func eachIsRemembered(count: Int) throws {
    let cache = ACLDocumentCache()
    for index in 0..<2000 {
      let acl = Self.acl(index * index % count)
      #expect(cache.body(of: acl).bytes == acl.xml)
      #expect(try cache.acl(of: acl.xml) == acl)
    }
  }

  @Test func whatIsDamagedIsNotRemembered() throws {
    let cache = ACLDocumentCache()
    let bytes = Self.acl(0).xml
    #expect(try cache.acl(of: bytes) == Self.acl(0))
    for _ in 0..<2 { #expect(throws: XMLError.self) { try cache.acl(of: Array(bytes.dropLast())) } }
  }
}
