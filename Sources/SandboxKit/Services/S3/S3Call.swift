internal import AWSKit

/// A request as S3 understands it: who asks for which operation, on what.
struct S3Call {
  let operation: S3Operation
  /// Empty for operations on no bucket.
  let bucketName: String
  /// Empty for operations on no object.
  let key: ObjectKey
  let request: SandboxRequest
  let caller: Caller
  /// The body, its signature checked.
  let body: [UInt8]
  let now: Timestamp
  /// The region for which the request is signed; nil of one that is not signed. It stands for the region of the address
  /// that a client of AWS would ask.
  let signedRegion: String?

  func header(_ name: String) -> String? { request[header: name] }

  func text(_ parameter: String) -> String? { request.text(parameter) }

  /// The version that the request names.
  var versionID: String? { text("versionId") }

  init(_ request: S3Request, caller: Caller, body: [UInt8], now: Timestamp, signedRegion: String? = nil) {
    operation = request.operation
    bucketName = request.bucketName
    key = request.key
    self.request = request.http
    self.caller = caller
    self.body = body
    self.now = now
    self.signedRegion = signedRegion
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
