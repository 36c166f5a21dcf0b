internal import Crypto
internal import FoundationEssentials

/// The body of a request, with the digests that go with it in headers.
package struct RequestBody: Sendable {
  package let bytes: [UInt8]
  /// SHA-256 in hexadecimal digits, which is signed.
  let payloadHash: String
  /// MD5 in base64. PutObjectAcl and PutObjectTagging must have a checksum of their body (botocore's model:
  /// requestChecksumRequired); this is the one that every server knows.
  let contentMD5: String
  /// Why it cannot be sent; nil for what can.
  let obstacle: String?

  package init(_ bytes: [UInt8]) {
    self.init(bytes, obstacle: nil)
  }

  /// A document that was written; one that lacks something is never sent.
  package init(_ writer: XMLWriter) {
    self.init(
      writer.bytes,
      obstacle: writer.lacksCharacters ? "the request would have to hold a character that XML cannot" : nil)
  }

  private init(_ bytes: [UInt8], obstacle: String?) {
    self.bytes = bytes
    self.obstacle = obstacle
    payloadHash = bytes.isEmpty ? SigV4Signer.emptyPayloadHash : Hex.encode(SHA256.hash(data: bytes))
    contentMD5 = bytes.isEmpty ? "" : Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()
  }

  static let empty = RequestBody([])
}
