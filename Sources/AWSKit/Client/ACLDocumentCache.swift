internal import Crypto
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// ACLs that were read or written before, with their documents: a bucket has few of them, and millions of objects.
final class ACLDocumentCache: Sendable {
  /// The most documents that are remembered of each kind, and the longest: a few hundred kilobytes in all.
  private static let maximumCount = 256
  private static let maximumLength = 4096

  /// Hashed and compared in one piece; an array would be byte by byte.
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

  /// The ACL that a document says.
  func acl(of bytes: [UInt8]) throws(XMLError) -> AccessControlList {
    let document = Document(bytes: bytes)
    if let known = read.withLock({ $0[document] }) { return known }
    let acl = try AccessControlList(parsing: bytes)
    guard bytes.count <= Self.maximumLength else { return acl }
    read.withLock { known in
      // Where no two are alike, remembering does not help.
      if known.count >= Self.maximumCount { known.removeAll() }
      known[document] = acl
    }
    return acl
  }

  /// The document that says the ACL.
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
