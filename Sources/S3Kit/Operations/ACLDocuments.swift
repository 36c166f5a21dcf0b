internal import Crypto
internal import FoundationEssentials
internal import Synchronization

/// The body of a request, with the digests that go with it in headers.
package struct RequestBody: Sendable {
  package let bytes: [UInt8]
  /// SHA-256 in hexadecimal digits, which is signed.
  let payloadHash: String
  /// MD5 in base64. PutObjectAcl and PutObjectTagging must have a checksum of their body (botocore's model:
  /// requestChecksumRequired); this is the one that every server knows.
  let contentMD5: String

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    payloadHash = bytes.isEmpty ? SigV4Signer.emptyPayloadHash : Hex.encode(SHA256.hash(data: bytes))
    contentMD5 = bytes.isEmpty ? "" : Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()
  }

  static let empty = RequestBody([])
}

/// ACLs that were read or written before, with their documents: a bucket has few of them, and millions of objects.
final class ACLDocuments: Sendable {
  /// The most documents that are remembered of each kind, and the longest: a few hundred kilobytes in all.
  private static let maximumCount = 256
  private static let maximumLength = 4096

  private let read = Mutex<[[UInt8]: AccessControlList]>([:])
  private let written = Mutex<[AccessControlList: RequestBody]>([:])

  /// The ACL that a document says.
  func acl(of document: [UInt8]) throws(XMLError) -> AccessControlList {
    if let known = read.withLock({ $0[document] }) { return known }
    let acl = try AccessControlList(parsing: document)
    guard document.count <= Self.maximumLength else { return acl }
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
    let body = RequestBody(acl.xml)
    guard body.bytes.count <= Self.maximumLength else { return body }
    written.withLock { known in
      if known.count >= Self.maximumCount { known.removeAll() }
      known[acl] = body
    }
    return body
  }
}
