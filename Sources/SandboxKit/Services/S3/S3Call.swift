internal import NIOHTTP1
internal import AWSKit

/// A request as S3 understands it: who asks for which operation, on what.
struct S3Call {
  let operation: S3Operation
  /// Empty for operations on no bucket.
  let bucketName: String
  /// Empty for operations on no object.
  let key: ObjectKey
  private(set) var request: SandboxRequest
  let caller: Caller
  /// The body, its signature checked.
  let body: [UInt8]
  let now: Timestamp
  /// The region for which the request is signed; nil of one that is not signed. It stands for the region of the address
  /// that a client of AWS would ask.
  private(set) var signedRegion: String?
  /// Where the signature was.
  var method = SignatureVerifier.Method.header

  func header(_ name: String) -> String? { request[header: name] }

  func text(_ parameter: String) -> String? { request.text(parameter) }

  /// The version that the request names.
  var versionID: String? { text("versionId") }

  init(_ request: S3Request, _ verified: SignatureVerifier.Verified, now: Timestamp) {
    self.init(request, caller: verified.caller, body: verified.body, now: now)
    method = verified.method
    signedRegion = verified.region
    for (name, value) in verified.addedHeaders { self.request.headers.add(name: name, value: value) }
  }

  init(_ request: S3Request, caller: Caller, body: [UInt8], now: Timestamp) {
    operation = request.operation
    bucketName = request.bucketName
    key = request.key
    self.request = request.http
    self.caller = caller
    self.body = body
    self.now = now
  }

  /// The body as a document.
  func document(_ root: String) throws(ServiceError) -> XMLNode {
    do {
      return try XMLNode(parsing: body, root: root)
    } catch {
      throw .malformedXML
    }
  }
}
