internal import Crypto
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Remembers ACLs and their XML documents: a bucket has few distinct ones, and millions of objects.
final class ACLDocumentCache: Sendable {
  /// The most documents remembered of each kind; the longest one is bounded too, so that all take a few hundred
  /// kilobytes.
  private static let maximumCount = 256
  private static let maximumLength = 4096

  /// Hashed and compared as one block of memory; an array would be hashed byte by byte.
  private struct Document: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) {
      bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    static func == (left: Document, right: Document) -> Bool {
      left.bytes.count == right.bytes.count
        && left.bytes.withUnsafeBytes { left in
          right.bytes.withUnsafeBytes { left.isEmpty || memcmp(left.baseAddress!, $0.baseAddress!, left.count) == 0 }
        }
    }
  }

  /// What was found last comes first: to compare with a few takes less time than to hash.
  private struct Memory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private static var maximumRecent: Int { 8 }

    private var recent: [(key: Key, value: Value)] = []
    private var all: [Key: Value] = [:]

    subscript(key: Key) -> Value? {
      mutating get {
        if let known = recent.first(where: { $0.key == key }) { return known.value }
        guard let value = all[key] else { return nil }
        remember(key, value)
        return value
      }
    }

    mutating func insert(_ key: Key, _ value: Value) {
      // If no two are alike, a cache does not help.
      if all.count >= ACLDocumentCache.maximumCount { all.removeAll() }
      all[key] = value
      remember(key, value)
    }

    private mutating func remember(_ key: Key, _ value: Value) {
      if recent.count == Self.maximumRecent { recent.removeLast() }
      recent.insert((key, value), at: 0)
    }
  }

  private let read = Mutex(Memory<Document, AccessControlList>())
  private let written = Mutex(Memory<AccessControlList, RequestBody>())

  /// The ACL that a document contains.
  func acl(of bytes: [UInt8]) throws(XMLError) -> AccessControlList {
    let document = Document(bytes: bytes)
    if let known = read.withLock({ $0[document] }) { return known }
    let acl = try AccessControlList(parsing: bytes)
    if bytes.count <= Self.maximumLength { read.withLock { $0.insert(document, acl) } }
    return acl
  }

  /// The document for an ACL.
  func body(of acl: AccessControlList) -> RequestBody {
    if let known = written.withLock({ $0[acl] }) { return known }
    let body = RequestBody(acl.document)
    if body.bytes.count <= Self.maximumLength { written.withLock { $0.insert(acl, body) } }
    return body
  }
}
