internal import NIOHTTP1
internal import AWSKit

/// Amazon S3, and what of S3 Control is about Block Public Access. One a world; not thread-safe.
final class S3Service {
  let world: SandboxState
  private var verifier = SignatureVerifier(service: "s3")

  init(world: SandboxState) {
    self.world = world
  }

  /// Answers one request, with the faults that were asked for.
  func deliver(_ request: SandboxRequest) -> HTTPListener.Delivery {
    var delivery: HTTPListener.Delivery
    do throws(ServiceError) {
      let (operation, bucketName, key) = try S3Call.resolve(request)
      delivery = world.deliver(
        operation.rawValue, isWrite: operation.isWrite, bucket: bucketName.isEmpty ? nil : bucketName,
        key: key.bytes.isEmpty ? nil : key,
        failure: { errorResponse($0, to: request) },
        perform: { () throws(ServiceError) in try perform(operation, bucketName, key, request) })
    } catch {
      delivery = HTTPListener.Delivery(response: errorResponse(error, to: request))
    }
    finish(&delivery.response)
    return delivery
  }

  /// Answers a request of somebody who need not sign: of the program itself, and of CloudFront.
  func answer(_ request: SandboxRequest, as caller: Caller) -> SandboxResponse {
    var response: SandboxResponse
    do throws(ServiceError) {
      let (operation, bucketName, key) = try S3Call.resolve(request)
      response = try perform(
        S3Call(
          operation: operation, bucketName: bucketName, key: key, request: request, caller: caller, body: request.body,
          now: .now()))
    } catch {
      response = errorResponse(error, to: request)
    }
    finish(&response)
    return response
  }

  private func perform(
    _ operation: S3Call.Operation, _ bucketName: String, _ key: ObjectKey, _ request: SandboxRequest
  ) throws(ServiceError) -> SandboxResponse {
    let now = Timestamp.now()
    let verified = try verifier.verify(request, accounts: world.accounts, now: now)
    if let region = verified.region { try check(region: region, bucketName: bucketName, operation: operation) }
    return try perform(
      S3Call(
        operation: operation, bucketName: bucketName, key: key, request: request, caller: verified.caller,
        body: verified.body, now: now))
  }

  /// A request must be signed for its bucket's region; S3 says which one that is.
  private func check(region: String, bucketName: String, operation: S3Call.Operation) throws(ServiceError) {
    guard let bucket = world.buckets[bucketName], region != bucket.region, operation != .createBucket else { return }
    throw ServiceError(
      400, "AuthorizationHeaderMalformed",
      "The authorization header is malformed; the region '\(region)' is wrong; expecting '\(bucket.region)'",
      details: [("Region", bucket.region)], headers: ["x-amz-bucket-region": bucket.region])
  }

  private func errorResponse(_ error: ServiceError, to request: SandboxRequest) -> SandboxResponse {
    guard request.method != "HEAD" else { return SandboxResponse(error.status, headers: error.headers) }
    var response = SandboxResponse.xml("Error", status: error.status) { writer in
      writer.element("Code", text: error.code)
      writer.element("Message", text: error.message)
      for (name, value) in error.details { writer.element(name, text: value) }
      writer.element("RequestId", text: world.newRequestID())
    }
    response.headers.add(contentsOf: error.headers)
    return response
  }

  private func finish(_ response: inout SandboxResponse) {
    response.headers.add(name: "x-amz-request-id", value: world.newRequestID())
    response.headers.add(name: "Server", value: "fixacl-sandbox")
  }

  // MARK: Operations

  private func perform(_ call: S3Call) throws(ServiceError) -> SandboxResponse {
    switch call.operation {
    case .listBuckets: return try listBuckets(call)
    case .createBucket: return try createBucket(call)
    case .getAccountPublicAccessBlock, .putAccountPublicAccessBlock, .deleteAccountPublicAccessBlock:
      return try performAccountSetting(call)
    default: break
    }
    let bucket = try existingBucket(call.bucketName, expectedOwner: call.header("x-amz-expected-bucket-owner"))
    // Whoever is to pay has to say so, and to be known (User Guide: "Using Requester Pays general purpose buckets").
    if bucket.payer == .requester, !call.caller.isAdministrator(of: bucket.owner.canonicalID) {
      guard call.caller.canonicalID != Caller.anonymousID, call.header("x-amz-request-payer") == "requester" else {
        throw .accessDenied
      }
    }
    switch call.operation {
    case .headBucket: return try headBucket(call, bucket)
    case .deleteBucket: return try deleteBucket(call, bucket)
    case .listObjects, .listObjectsV2: return try listObjects(call, bucket)
    case .listObjectVersions: return try listObjectVersions(call, bucket)
    case .getObject, .headObject: return try getObject(call, bucket)
    case .putObject: return try putObject(call, bucket)
    case .copyObject: return try copyObject(call, bucket)
    case .deleteObject: return try deleteObject(call, bucket)
    case .deleteObjects: return try deleteObjects(call, bucket)
    case .getObjectACL: return try getObjectACL(call, bucket)
    case .putObjectACL: return try putObjectACL(call, bucket)
    case .getObjectTagging, .putObjectTagging, .deleteObjectTagging: return try performTagging(call, bucket)
    case .getObjectRetention, .putObjectRetention, .getObjectLegalHold, .putObjectLegalHold:
      return try performLock(call, bucket)
    case .restoreObject: return try restoreObject(call, bucket)
    case .createMultipartUpload: return try createMultipartUpload(call, bucket)
    case .uploadPart: return try uploadPart(call, bucket)
    case .uploadPartCopy: return try uploadPartCopy(call, bucket)
    case .listParts: return try listParts(call, bucket)
    case .completeMultipartUpload: return try completeMultipartUpload(call, bucket)
    case .abortMultipartUpload: return try abortMultipartUpload(call, bucket)
    case .listMultipartUploads: return try listMultipartUploads(call, bucket)
    default: return try performSetting(call, bucket)
    }
  }

  /// - Parameter expectedOwner: the account ID that a request demands of the bucket's owner, if any.
  func existingBucket(_ name: String, expectedOwner: String?) throws(ServiceError) -> SandboxBucket {
    guard let bucket = world.buckets[name] else {
      throw ServiceError(404, "NoSuchBucket", "The specified bucket does not exist", details: [("BucketName", name)])
    }
    if let expectedOwner, expectedOwner != bucket.owner.accountID { throw .accessDenied }
    return bucket
  }

  func authorizer(_ call: S3Call, _ bucket: SandboxBucket) -> Authorizer {
    Authorizer(bucket: world.access(to: bucket), caller: call.caller)
  }
}
