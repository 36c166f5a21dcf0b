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

  private let read = Mutex<[Document: AccessControlList]>([:])
  private let written = Mutex<[AccessControlList: RequestBody]>([:])

  /// The ACL that a document contains.
  func acl(of bytes: [UInt8]) throws(XMLError) -> AccessControlList {
    let document = Document(bytes: bytes)
    if let known = read.withLock({ $0[document] }) { return known }
    let acl = try AccessControlList(parsing: bytes)
    guard bytes.count <= Self.maximumLength else { return acl }
    read.withLock { known in
      // If no two are alike, a cache does not help.
      if known.count >= Self.maximumCount { known.removeAll() }
      known[document] = acl
    }
    return acl
  }

  /// The document for an ACL.
  func body(of acl: AccessControlList) -> RequestBody {
    if let known = written.withLock({ $0[acl] }) { return known }
    let body = RequestBody(acl.document)
    guard body.bytes.count <= Self.maximumLength else { return body }
    written.withLock { known in
      if known.count >= Self.maximumCount { known.removeAll() }
      known[acl] = body
    }
    return body
  }
}
