internal import Crypto
internal import FoundationEssentials

/// The body of a request, with the digests that headers carry.
package final class RequestBody: Sendable {
  package let bytes: [UInt8]
  /// The SHA-256 in hexadecimal digits; the signature covers it.
  let payloadHash: String
  /// MD5 in base64. PutObjectAcl and PutObjectTagging must have a checksum of their body (botocore's model:
  /// requestChecksumRequired); this is the one that every server knows.
  let contentMD5: String
  /// Why it must not be sent; nil if it may.
  let obstacle: String?

  package convenience init(_ bytes: [UInt8]) {
    self.init(bytes, obstacle: nil)
  }

  /// Makes the body from a document. A document that lacks characters is never sent.
  package convenience init(_ writer: XMLWriter) {
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
