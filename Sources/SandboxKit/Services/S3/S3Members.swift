internal import NIOHTTP1

/// The headers and parameters of AWS's S3 model that the sandbox does not honour, of one operation.
///
/// A request that carries one is answered with 501, and never done as if it were not there.
struct S3Members: Sendable {
  /// In lower case.
  let refusedHeaders: [String]
  let refusedParameters: [String]
  /// Whether the model has anything for that operation.
  let isKnown: Bool

  /// - Parameter operation: as in the S3 API.
  init(of operation: String) {
    let members = Self.table[operation]
    isKnown = members != nil
    let refused = (members ?? []).filter { $0.hasPrefix("!") }.map { $0.dropFirst() }
    refusedHeaders = refused.filter { !$0.hasPrefix("?") }.map(String.init)
    refusedParameters = refused.filter { $0.hasPrefix("?") }.map { String($0.dropFirst()) }
  }

  /// - Throws: 501 for what is not honoured.
  func check(_ request: SandboxRequest) throws(ServiceError) {
    if !refusedHeaders.isEmpty {
      for (name, _) in request.headers {
        guard let refused = refusedHeaders.first(where: { name.isHeader($0) }) else { continue }
        throw .unhonoured("header", refused)
      }
    }
    guard !refusedParameters.isEmpty, !request.query.isEmpty else { return }
    // An empty one asks for nothing.
    for parameter in request.query where !parameter.value.isEmpty && refusedParameters.contains(parameter.name) {
      throw .unhonoured("parameter", parameter.name)
    }
  }

  /// All members of an operation in AWS's model, those that are not honoured with `!`; parameters with `?`.
  static func all(of operation: String) -> [String] { table[operation] ?? [] }

  private static let table: [String: [String]] = Dictionary(
    uniqueKeysWithValues: model.split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      return (words[0], Array(words.dropFirst()))
    })

  /// Each operation and what its input can have: headers in lower case, parameters with a question mark. An exclamation
  /// mark is before what the sandbox does not honour. The names are those of AWS's published model of the API,
  /// `2006-03-01`.
  private static let model = """
    ListBuckets ?bucket-region ?continuation-token ?max-buckets ?prefix
    CreateBucket x-amz-acl x-amz-bucket-namespace x-amz-bucket-object-lock-enabled x-amz-grant-full-control \
      x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp x-amz-object-ownership
    DeleteBucket x-amz-expected-bucket-owner
    HeadBucket x-amz-expected-bucket-owner
    ListObjects x-amz-expected-bucket-owner x-amz-optional-object-attributes x-amz-request-payer ?delimiter \
      ?encoding-type ?marker ?max-keys ?prefix
    ListObjectsV2 x-amz-expected-bucket-owner x-amz-optional-object-attributes x-amz-request-payer \
      ?continuation-token ?delimiter ?encoding-type ?fetch-owner ?max-keys ?prefix ?start-after
    ListObjectVersions x-amz-expected-bucket-owner !x-amz-optional-object-attributes x-amz-request-payer \
      ?delimiter ?encoding-type ?key-marker ?max-keys ?prefix ?version-id-marker
    ListMultipartUploads x-amz-expected-bucket-owner x-amz-request-payer !?delimiter ?encoding-type ?key-marker \
      ?max-uploads ?prefix ?upload-id-marker
    DeleteObjects x-amz-bypass-governance-retention x-amz-expected-bucket-owner !x-amz-mfa x-amz-request-payer \
      x-amz-sdk-checksum-algorithm
    GetBucketLocation x-amz-expected-bucket-owner
    GetBucketAcl x-amz-expected-bucket-owner
    PutBucketAcl content-md5 x-amz-acl x-amz-expected-bucket-owner x-amz-grant-full-control x-amz-grant-read \
      x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp x-amz-sdk-checksum-algorithm
    GetBucketPolicy x-amz-expected-bucket-owner
    PutBucketPolicy content-md5 x-amz-confirm-remove-self-bucket-access x-amz-expected-bucket-owner \
      x-amz-sdk-checksum-algorithm
    DeleteBucketPolicy x-amz-expected-bucket-owner
    GetBucketPolicyStatus x-amz-expected-bucket-owner
    GetPublicAccessBlock x-amz-expected-bucket-owner
    PutPublicAccessBlock content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    DeletePublicAccessBlock x-amz-expected-bucket-owner
    GetBucketOwnershipControls x-amz-expected-bucket-owner
    PutBucketOwnershipControls content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    DeleteBucketOwnershipControls x-amz-expected-bucket-owner
    GetBucketVersioning x-amz-expected-bucket-owner
    PutBucketVersioning content-md5 x-amz-expected-bucket-owner !x-amz-mfa x-amz-sdk-checksum-algorithm
    GetBucketRequestPayment x-amz-expected-bucket-owner
    PutBucketRequestPayment content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    GetBucketCors x-amz-expected-bucket-owner
    PutBucketCors content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    DeleteBucketCors x-amz-expected-bucket-owner
    GetBucketLogging x-amz-expected-bucket-owner
    PutBucketLogging content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    GetBucketAbac x-amz-expected-bucket-owner
    PutBucketAbac content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    GetBucketTagging x-amz-expected-bucket-owner
    PutBucketTagging content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    DeleteBucketTagging x-amz-expected-bucket-owner
    GetBucketWebsite x-amz-expected-bucket-owner
    PutBucketWebsite content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    DeleteBucketWebsite x-amz-expected-bucket-owner
    GetBucketEncryption x-amz-expected-bucket-owner
    PutBucketEncryption content-md5 x-amz-expected-bucket-owner x-amz-sdk-checksum-algorithm
    DeleteBucketEncryption x-amz-expected-bucket-owner
    GetObjectLockConfiguration x-amz-expected-bucket-owner
    PutObjectLockConfiguration content-md5 !x-amz-bucket-object-lock-token x-amz-expected-bucket-owner \
      x-amz-request-payer x-amz-sdk-checksum-algorithm
    GetBucketAccelerateConfiguration x-amz-expected-bucket-owner x-amz-request-payer
    GetBucketNotificationConfiguration x-amz-expected-bucket-owner
    PutBucketNotificationConfiguration x-amz-expected-bucket-owner x-amz-skip-destination-validation
    GetBucketLifecycleConfiguration x-amz-expected-bucket-owner
    DeleteBucketLifecycle x-amz-expected-bucket-owner
    GetBucketReplication x-amz-expected-bucket-owner
    DeleteBucketReplication x-amz-expected-bucket-owner
    GetBucketAnalyticsConfiguration x-amz-expected-bucket-owner ?id
    DeleteBucketAnalyticsConfiguration x-amz-expected-bucket-owner ?id
    GetBucketIntelligentTieringConfiguration x-amz-expected-bucket-owner ?id
    DeleteBucketIntelligentTieringConfiguration x-amz-expected-bucket-owner ?id
    GetBucketInventoryConfiguration x-amz-expected-bucket-owner ?id
    PutBucketInventoryConfiguration x-amz-expected-bucket-owner ?id
    ListBucketInventoryConfigurations x-amz-expected-bucket-owner ?continuation-token
    DeleteBucketInventoryConfiguration x-amz-expected-bucket-owner ?id
    GetBucketMetricsConfiguration x-amz-expected-bucket-owner ?id
    DeleteBucketMetricsConfiguration x-amz-expected-bucket-owner ?id
    GetObject if-match if-modified-since if-none-match if-unmodified-since range x-amz-checksum-mode \
      x-amz-expected-bucket-owner x-amz-request-payer x-amz-server-side-encryption-customer-algorithm \
      x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5 ?partNumber \
      ?response-cache-control ?response-content-disposition ?response-content-encoding \
      ?response-content-language ?response-content-type ?response-expires ?versionId
    HeadObject if-match if-modified-since if-none-match if-unmodified-since range x-amz-checksum-mode \
      x-amz-expected-bucket-owner x-amz-request-payer x-amz-server-side-encryption-customer-algorithm \
      x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5 ?partNumber \
      ?response-cache-control ?response-content-disposition ?response-content-encoding \
      ?response-content-language ?response-content-type ?response-expires ?versionId
    GetObjectAttributes x-amz-expected-bucket-owner x-amz-max-parts x-amz-object-attributes \
      x-amz-part-number-marker x-amz-request-payer x-amz-server-side-encryption-customer-algorithm \
      x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5 ?versionId
    PutObject cache-control content-disposition content-encoding content-language content-md5 content-type \
      expires if-match if-none-match x-amz-acl x-amz-checksum-crc32 x-amz-checksum-crc32c \
      x-amz-checksum-crc64nvme !x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 \
      !x-amz-checksum-sha512 !x-amz-checksum-xxhash128 !x-amz-checksum-xxhash3 !x-amz-checksum-xxhash64 \
      x-amz-expected-bucket-owner x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp \
      x-amz-grant-write-acp x-amz-object-lock-event-hold x-amz-object-lock-event-hold-duration-days \
      x-amz-object-lock-event-hold-duration-years x-amz-object-lock-legal-hold x-amz-object-lock-mode \
      x-amz-object-lock-retain-until-date x-amz-request-payer x-amz-sdk-checksum-algorithm \
      x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id \
      x-amz-server-side-encryption-bucket-key-enabled !x-amz-server-side-encryption-context \
      x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key \
      x-amz-server-side-encryption-customer-key-md5 x-amz-storage-class x-amz-tagging \
      x-amz-website-redirect-location !x-amz-write-offset-bytes
    CopyObject cache-control content-disposition content-encoding content-language content-type expires if-match \
      if-none-match x-amz-acl x-amz-checksum-algorithm x-amz-copy-source x-amz-copy-source-if-match \
      x-amz-copy-source-if-modified-since x-amz-copy-source-if-none-match x-amz-copy-source-if-unmodified-since \
      x-amz-copy-source-server-side-encryption-customer-algorithm \
      x-amz-copy-source-server-side-encryption-customer-key \
      x-amz-copy-source-server-side-encryption-customer-key-md5 x-amz-expected-bucket-owner \
      x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write-acp \
      x-amz-metadata-directive x-amz-object-annotation-directive x-amz-object-lock-event-hold x-amz-object-lock-event-hold-duration-days \
      x-amz-object-lock-event-hold-duration-years x-amz-object-lock-legal-hold x-amz-object-lock-mode \
      x-amz-object-lock-retain-until-date x-amz-request-payer x-amz-server-side-encryption \
      x-amz-server-side-encryption-aws-kms-key-id x-amz-server-side-encryption-bucket-key-enabled \
      !x-amz-server-side-encryption-context x-amz-server-side-encryption-customer-algorithm \
      x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5 \
      x-amz-source-expected-bucket-owner x-amz-storage-class x-amz-tagging x-amz-tagging-directive \
      x-amz-website-redirect-location
    DeleteObject if-match x-amz-bypass-governance-retention x-amz-expected-bucket-owner \
      !x-amz-if-match-last-modified-time !x-amz-if-match-size !x-amz-mfa x-amz-request-payer ?versionId
    GetObjectAcl x-amz-expected-bucket-owner x-amz-request-payer ?versionId
    PutObjectAcl content-md5 x-amz-acl x-amz-expected-bucket-owner x-amz-grant-full-control x-amz-grant-read \
      x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp x-amz-request-payer \
      x-amz-sdk-checksum-algorithm ?versionId
    GetObjectTagging x-amz-expected-bucket-owner x-amz-request-payer ?versionId
    PutObjectTagging content-md5 x-amz-expected-bucket-owner x-amz-request-payer x-amz-sdk-checksum-algorithm \
      ?versionId
    DeleteObjectTagging x-amz-expected-bucket-owner ?versionId
    GetObjectRetention x-amz-expected-bucket-owner x-amz-request-payer ?versionId
    PutObjectRetention content-md5 x-amz-bypass-governance-retention x-amz-expected-bucket-owner \
      x-amz-request-payer x-amz-sdk-checksum-algorithm ?versionId
    GetObjectLegalHold x-amz-expected-bucket-owner x-amz-request-payer ?versionId
    PutObjectLegalHold content-md5 x-amz-expected-bucket-owner x-amz-request-payer x-amz-sdk-checksum-algorithm \
      ?versionId
    ListObjectAnnotations x-amz-expected-bucket-owner x-amz-request-payer ?annotation-prefix ?continuation-token \
      ?max-annotation-results ?versionId
    GetObjectAnnotation !x-amz-checksum-mode x-amz-expected-bucket-owner x-amz-request-payer ?annotationName \
      ?versionId
    PutObjectAnnotation content-md5 x-amz-checksum-crc32 x-amz-checksum-crc32c x-amz-checksum-crc64nvme \
      !x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 !x-amz-checksum-sha512 \
      !x-amz-checksum-xxhash128 !x-amz-checksum-xxhash3 !x-amz-checksum-xxhash64 x-amz-expected-bucket-owner \
      x-amz-object-if-match x-amz-request-payer x-amz-sdk-checksum-algorithm ?annotationName ?versionId
    DeleteObjectAnnotation x-amz-expected-bucket-owner x-amz-object-if-match x-amz-request-payer \
      ?annotationName ?versionId
    RestoreObject x-amz-expected-bucket-owner x-amz-request-payer x-amz-sdk-checksum-algorithm ?versionId
    CreateMultipartUpload cache-control content-disposition content-encoding content-language content-type \
      expires x-amz-acl x-amz-checksum-algorithm x-amz-checksum-type x-amz-expected-bucket-owner \
      x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write-acp \
      x-amz-object-lock-event-hold x-amz-object-lock-event-hold-duration-days \
      x-amz-object-lock-event-hold-duration-years x-amz-object-lock-legal-hold x-amz-object-lock-mode x-amz-object-lock-retain-until-date \
      x-amz-request-payer x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id \
      x-amz-server-side-encryption-bucket-key-enabled !x-amz-server-side-encryption-context \
      x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key \
      x-amz-server-side-encryption-customer-key-md5 x-amz-storage-class x-amz-tagging \
      x-amz-website-redirect-location
    UploadPart content-md5 x-amz-checksum-crc32 x-amz-checksum-crc32c x-amz-checksum-crc64nvme \
      !x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 !x-amz-checksum-sha512 \
      !x-amz-checksum-xxhash128 !x-amz-checksum-xxhash3 !x-amz-checksum-xxhash64 x-amz-expected-bucket-owner \
      x-amz-request-payer x-amz-sdk-checksum-algorithm x-amz-server-side-encryption-customer-algorithm \
      x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5 ?partNumber \
      ?uploadId
    UploadPartCopy x-amz-copy-source x-amz-copy-source-if-match x-amz-copy-source-if-modified-since \
      x-amz-copy-source-if-none-match x-amz-copy-source-if-unmodified-since x-amz-copy-source-range \
      x-amz-copy-source-server-side-encryption-customer-algorithm \
      x-amz-copy-source-server-side-encryption-customer-key \
      x-amz-copy-source-server-side-encryption-customer-key-md5 x-amz-expected-bucket-owner x-amz-request-payer \
      x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key \
      x-amz-server-side-encryption-customer-key-md5 x-amz-source-expected-bucket-owner ?partNumber ?uploadId
    ListParts x-amz-expected-bucket-owner x-amz-request-payer x-amz-server-side-encryption-customer-algorithm \
      x-amz-server-side-encryption-customer-key x-amz-server-side-encryption-customer-key-md5 ?max-parts \
      ?part-number-marker ?uploadId
    CompleteMultipartUpload if-match if-none-match x-amz-checksum-crc32 x-amz-checksum-crc32c \
      x-amz-checksum-crc64nvme !x-amz-checksum-md5 x-amz-checksum-sha1 x-amz-checksum-sha256 \
      !x-amz-checksum-sha512 x-amz-checksum-type !x-amz-checksum-xxhash128 !x-amz-checksum-xxhash3 \
      !x-amz-checksum-xxhash64 x-amz-expected-bucket-owner x-amz-mp-object-size x-amz-request-payer \
      x-amz-server-side-encryption-customer-algorithm x-amz-server-side-encryption-customer-key \
      x-amz-server-side-encryption-customer-key-md5 ?uploadId
    AbortMultipartUpload x-amz-expected-bucket-owner !x-amz-if-match-initiated-time x-amz-request-payer \
      ?uploadId
    """
}

extension ServiceError {
  /// As S3 says it of what it does not do itself.
  ///
  /// - Parameter reason: what S3 adds where only that value is not done.
  static func unhonoured(_ kind: String, _ name: String, _ reason: String? = nil) -> ServiceError {
    ServiceError(
      501, "NotImplemented", "A \(kind) you provided implies functionality that is not implemented",
      details: [(kind == "header" ? "Header" : "Parameter", name)] + (reason.map { [("additionalMessage", $0)] } ?? []))
  }
}

extension String {
  /// Whether it is that header's name, in any case.
  ///
  /// - Parameter name: in lower case.
  func isHeader(_ name: String) -> Bool {
    utf8.count == name.utf8.count
      && utf8.elementsEqual(name.utf8) { $0 == $1 || ($0 | 0x20 == $1 && $1 &- UInt8(ascii: "a") < 26) }
  }
}
