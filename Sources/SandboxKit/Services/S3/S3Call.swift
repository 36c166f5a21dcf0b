internal import AWSKit

/// A request as S3 understands it: who asks for which operation, on what.
struct S3Call {
  let operation: Operation
  /// Empty for operations on no bucket.
  let bucketName: String
  /// Empty for operations on no object.
  let key: ObjectKey
  let request: SandboxRequest
  let caller: Caller
  /// The body, its signature checked.
  let body: [UInt8]
  let now: Timestamp

  func header(_ name: String) -> String? { request[header: name] }

  func text(_ parameter: String) -> String? { request.text(parameter) }

  /// The version that the request names.
  var versionID: String? { text("versionId") }

  /// The body as a document.
  func document(_ root: StaticString) throws(ServiceError) -> XMLElement {
    do {
      return try XMLElement(parsing: body, root: root)
    } catch {
      throw .malformedXML
    }
  }
}
