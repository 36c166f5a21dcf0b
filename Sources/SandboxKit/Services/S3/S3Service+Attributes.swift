internal import NIOHTTP1
internal import AWSKit

/// What a request says of an object that it makes, and the keys with which content is encrypted.
extension S3Service {
  /// Headers that are stored as they come, by their usual names.
  private static let contentHeaders = [
    "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires",
  ]

  /// Reads all attributes from the headers of an upload, with the bucket's defaults.
  func newAttributes(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> ObjectAttributes {
    var attributes = ObjectAttributes()
    try readMetadata(call, into: &attributes)
    attributes.tags = try requestedTags(call, bucket)
    try readPlacement(call, bucket, into: &attributes)
    return attributes
  }

  /// Content headers and user metadata: what a copy takes from its source unless it says REPLACE.
  func readMetadata(_ call: S3Call, into attributes: inout ObjectAttributes) throws(ServiceError) {
    attributes.contentHeaders = Self.contentHeaders.compactMap { name in
      call.header(name).map { value in
        // `aws-chunked` is of the transfer, not of the object.
        let kept =
          name == "Content-Encoding"
          ? value.split(separator: ",").filter { $0.filter { $0 != " " } != "aws-chunked" }.joined(separator: ",")
          : value
        return (name, kept)
      }
    }.filter { !$0.1.isEmpty }
    if !attributes.contentHeaders.contains(where: { $0.name == "Content-Type" }) {
      attributes.contentHeaders.append(("Content-Type", "binary/octet-stream"))
    }
    attributes.userMetadata = call.request.headers.compactMap { header in
      let name = header.name.lowercased()
      guard name.hasPrefix("x-amz-meta-") else { return nil }
      return (String(name.dropFirst("x-amz-meta-".count)), MetadataEncoding.decode(header.value))
    }
    let size = attributes.userMetadata.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    guard size <= Self.maximumMetadata else {
      throw ServiceError(
        400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size",
        details: [("Size", String(size)), ("MaxSizeAllowed", String(Self.maximumMetadata))])
    }
  }

  /// The most bytes of user metadata, names and values together (User Guide: "Working with object metadata").
  private static let maximumMetadata = 2048

  /// Storage class, encryption, website redirect and lock: what a copy never takes from its source.
  func readPlacement(
    _ call: S3Call, _ bucket: SandboxBucket, into attributes: inout ObjectAttributes
  ) throws(ServiceError) {
    attributes.storageClass = call.header("x-amz-storage-class") ?? "STANDARD"
    guard StorageClass.all.contains(attributes.storageClass) else {
      throw ServiceError(
        400, "InvalidStorageClass", "The storage class you specified is not valid",
        details: [("StorageClassRequested", attributes.storageClass)])
    }
    attributes.restoredUntil = nil
    attributes.websiteRedirectLocation = call.header("x-amz-website-redirect-location")
    try readEncryption(call, bucket, into: &attributes)
    try readLock(call, bucket, into: &attributes)
  }

  private func readEncryption(
    _ call: S3Call, _ bucket: SandboxBucket, into attributes: inout ObjectAttributes
  ) throws(ServiceError) {
    let customerKey = try customerKeyMD5(call, prefix: "x-amz-server-side-encryption-customer-", isOfNewObject: true)
    attributes.customerKeyMD5 = customerKey
    attributes.encryption = ObjectAttributes.Encryption()
    var encryption = bucket.defaultEncryption
    if call.header("x-amz-server-side-encryption-aws-kms-key-id") != nil,
      !(call.header("x-amz-server-side-encryption")?.hasPrefix("aws:kms") ?? false)
    {
      throw .invalidArgument(
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms")
    }
    if let algorithm = call.header("x-amz-server-side-encryption") {
      guard customerKey == nil else {
        throw .invalidArgument(
          "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
          "x-amz-server-side-encryption", value: algorithm)
      }
      guard ["AES256", "aws:kms", "aws:kms:dsse"].contains(algorithm) else {
        throw .invalidArgument("The encryption method specified is not supported")
      }
      encryption = ObjectAttributes.Encryption(
        algorithm: algorithm, keyID: call.header("x-amz-server-side-encryption-aws-kms-key-id"),
        usesBucketKey: call.header("x-amz-server-side-encryption-bucket-key-enabled")?.lowercased() == "true")
    }
    guard customerKey == nil, encryption.algorithm != "AES256" else { return }
    // Without a name it is the AWS managed key of the account that uploads.
    let account = call.caller.account ?? bucket.owner
    let key = encryption.keyID ?? "aws/s3"
    encryption.keyID = key.hasPrefix("arn:") ? key : "arn:aws:kms:\(bucket.region):\(account.accountID):key/\(key)"
    if let made = state.kmsKey(arn: encryption.keyID ?? "") { try checkUse(of: made, "kms:GenerateDataKey", call) }
    attributes.encryption = encryption
  }

  private func readLock(
    _ call: S3Call, _ bucket: SandboxBucket, into attributes: inout ObjectAttributes
  ) throws(ServiceError) {
    let mode = call.header("x-amz-object-lock-mode")
    let until = call.header("x-amz-object-lock-retain-until-date")
    let hold = call.header("x-amz-object-lock-legal-hold")
    attributes.lock = ObjectLock()
    let eventHold = try requestedEventHold(call)
    guard bucket.hasObjectLock else {
      guard mode == nil, until == nil, hold == nil, eventHold == nil else {
        throw .invalidRequest("Bucket is missing Object Lock Configuration")
      }
      return
    }
    if let hold {
      guard hold == "ON" || hold == "OFF" else { throw .invalidArgument("Legal Hold must be either of 'ON' or 'OFF'") }
      attributes.lock.legalHold = hold
    }
    if case .on(let duration)? = eventHold {
      attributes.lock.eventHold = ObjectLock.EventHold(mode: mode, duration: duration)
    } else if eventHold == nil, mode == nil, until == nil {
      attributes.lock.eventHold = bucket.defaultEventHold
    }
    let isModeOfHold = attributes.lock.eventHold != nil && until == nil
    if !isModeOfHold, mode != nil || until != nil {
      let (modeName, dateName) = ("x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date")
      guard let mode, let date = until.flatMap(Timestamp.init(extended:)) else {
        throw .invalidArgument(
          "\(dateName) and \(modeName) must both be supplied", mode == nil ? modeName : dateName)
      }
      guard ["GOVERNANCE", "COMPLIANCE"].contains(mode) else {
        throw .invalidArgument("Unknown wormMode directive.", modeName, value: mode)
      }
      guard date > call.now else {
        throw .invalidArgument("The retain until date must be in the future!", dateName, value: until)
      }
      attributes.lock.retention = ObjectLock.Retention(mode: mode, until: date)
    } else if let rule = bucket.defaultRetention, attributes.lock.eventHold == nil {
      attributes.lock.retention = ObjectLock.Retention(
        mode: rule.mode, until: Timestamp(seconds: call.now.seconds + rule.days * 86_400))
    }
  }

  private enum RequestedEventHold {
    case on(ObjectLock.EventHold.Duration?)
    case off
  }

  /// What the headers say of an event hold (API Reference: PutObject); nil where they say nothing.
  private func requestedEventHold(_ call: S3Call) throws(ServiceError) -> RequestedEventHold? {
    let name = "x-amz-object-lock-event-hold"
    let (days, years) = (call.header(name + "-duration-days"), call.header(name + "-duration-years"))
    let duration = try Self.eventHoldDuration(days: days, years: years)
    switch call.header(name) {
    case "ON"?: return .on(duration)
    case "OFF"? where duration == nil: return .off
    case nil where duration == nil: return nil
    case let other: throw .invalidArgument("Event hold must be ON, with a duration, or OFF.", name, value: other)
    }
  }

  /// Either, not both (API Reference: EventHoldDuration).
  static func eventHoldDuration(
    days: String?, years: String?
  ) throws(ServiceError) -> ObjectLock.EventHold.Duration? {
    guard let text = days ?? years else { return nil }
    guard days == nil || years == nil, let count = Int(text), count > 0, count <= (years == nil ? 36_500 : 100) else {
      throw .invalidArgument("The event hold duration must be a number of days or of years.")
    }
    return ObjectLock.EventHold.Duration(count: count, isInYears: years != nil)
  }

  // MARK: Keys

  /// The MD5 of the customer's key that a request brings, checked; nil where it brings none.
  ///
  /// - Parameters:
  ///   - prefix: of the headers: those of the object, or of the source of a copy.
  ///   - isOfNewObject: whether the request encrypts a new object, and does not read one.
  func customerKeyMD5(_ call: S3Call, prefix: String, isOfNewObject: Bool = false) throws(ServiceError) -> String? {
    let (algorithm, key) = (call.header(prefix + "algorithm"), call.header(prefix + "key"))
    guard algorithm != nil || key != nil else { return nil }
    let name = "x-amz-server-side-encryption"
    let what = "Requests specifying Server Side Encryption with Customer provided keys must provide"
    guard let algorithm else { throw .invalidArgument("\(what) a valid encryption algorithm.", name) }
    guard algorithm == "AES256" else {
      throw ServiceError(
        400, "InvalidEncryptionAlgorithmError",
        "The Encryption request you specified is not valid. Supported value: AES256.",
        details: [("ArgumentName", name), ("ArgumentValue", algorithm)])
    }
    guard let key else { throw .invalidArgument("\(what) an appropriate secret key.", name) }
    let invalid = ServiceError.invalidArgument("The secret key was invalid for the specified algorithm.", name)
    guard let digest = ObjectChecksum.md5(ofBase64: key) else { throw invalid }
    guard let given = call.header(prefix + "key-md5") else { throw isOfNewObject ? invalid : Self.wrongCustomerKey }
    guard digest == given else {
      throw .invalidArgument("The calculated MD5 hash of the key did not match the hash that was provided.", name)
    }
    return digest
  }

  private static let wrongCustomerKey = ServiceError(
    403, "AccessDenied",
    "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.")

  /// An object with a customer's key needs that key, another object must not be asked for with one.
  func checkCustomerKey(_ call: S3Call, of object: StoredObject, prefix: String) throws(ServiceError) {
    let given = try customerKeyMD5(call, prefix: prefix)
    switch (object.attributes.customerKeyMD5, given) {
    case (nil, nil): return
    case (_?, nil):
      throw .invalidRequest(
        "The object was stored using a form of Server Side Encryption. "
          + "The correct parameters must be provided to retrieve the object.")
    case (nil, _?): throw .invalidRequest("The encryption parameters are not applicable to this object.")
    case (let needed?, let given?): guard needed == given else { throw Self.wrongCustomerKey }
    }
  }

  /// Whether the caller may use the key of KMS with which an object is encrypted: the key's policy, its grants and the
  /// caller's own policies decide (User Guide: "Using server-side encryption with AWS KMS keys"). An origin access
  /// identity never may (CloudFront Developer Guide: origin access identities do not support SSE-KMS). A key that
  /// CreateKey did not make allows every identity and service.
  func checkDecryption(of object: StoredObject, _ call: S3Call) throws(ServiceError) {
    let encryption = object.attributes.encryption
    guard encryption.algorithm != "AES256", object.attributes.customerKeyMD5 == nil else { return }
    switch call.caller {
    case .originAccessIdentity: throw .accessDenied
    case .anonymous:
      throw .invalidArgument(
        "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.")
    case .identity, .service: break
    }
    guard let key = state.kmsKey(arn: encryption.keyID ?? "") else { return }
    try checkUse(of: key, "kms:Decrypt", call)
  }

  /// - Throws: KMS's refusal, as S3 passes it on.
  private func checkUse(of key: KMSKey, _ action: String, _ call: S3Call) throws(ServiceError) {
    var context = RequestContext(call.caller)
    context.now = call.now
    context.sourceIP = call.request.sourceIP
    context.viaService = "s3.\(key.region).amazonaws.com"
    guard key.allows(action, context) else {
      guard case .identity(let identity) = call.caller else { throw .accessDenied }
      let what = "User: \(identity.arn) is not authorized to perform: \(action) on "
      guard identity.account.accountID == key.accountID else {
        throw ServiceError(
          403, "AccessDenied",
          what + "the resource associated with this ciphertext because the resource does not exist in this Region, no "
            + "resource-based policies allow access, or a resource-based policy explicitly denies access")
      }
      let kind = identity.rights.allows(action) && !identity.rights.denies(action) ? "resource" : "identity"
      throw ServiceError(
        403, "AccessDenied", what + "resource: \(key.arn) because no \(kind)-based policy allows the \(action) action")
    }
    guard key.isEnabled else { throw ServiceError(400, "KMS.DisabledException", "\(key.arn) is disabled.") }
  }

  // MARK: Tags

  /// The tags that the headers of an upload or a copy name, which need a right of their own.
  func requestedTags(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> [ObjectTag] {
    guard let header = call.header("x-amz-tagging") else { return [] }
    let access = authorizer(call, bucket)
    guard access.allowsOnKey("s3:PutObjectTagging", call.key) else {
      throw access.refusal("s3:PutObjectTagging", access.resource(call.key))
    }
    return try Self.tags(queryString: header)
  }

  /// Reads `a=b&c=d`.
  static func tags(queryString: String) throws(ServiceError) -> [ObjectTag] {
    let request = SandboxRequest(method: "GET", uri: "/?" + queryString)
    let tags = request.query.map { ObjectTag(key: $0.name, value: String(decoding: $0.value, as: UTF8.self)) }
    guard Set(tags.map(\.key)).count == tags.count, tags.allSatisfy(\.isValid) else {
      throw .invalidArgument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
          + "duplicates.", "x-amz-tagging", value: queryString)
    }
    return try checked(tags: tags)
  }

  /// Reads `Tag` elements, each of which must have a key and a value.
  static func tags(_ elements: [XMLNode]) throws(ServiceError) -> [ObjectTag] {
    var tags: [ObjectTag] = []
    for element in elements {
      guard let key = element["Key"]?.text, let value = element["Value"]?.text else { throw .malformedXML }
      tags.append(ObjectTag(key: key, value: value))
    }
    return tags
  }

  /// Checks tags (User Guide: "Categorizing your objects using tags"; Billing User Guide: "User-defined tag
  /// restrictions").
  ///
  /// - Parameters:
  ///   - most: how many there may be: of an object 10, of a bucket 50.
  ///   - reserved: what S3 says of a key that begins with `aws:`.
  static func checked(
    tags: [ObjectTag], most: Int = 10, reserved: String = "Your TagKey cannot be prefixed with aws:"
  ) throws(ServiceError) -> [ObjectTag] {
    guard tags.count <= most else {
      throw ServiceError(400, "BadRequest", "\(most == 10 ? "Object" : "Bucket") tags cannot be greater than \(most)")
    }
    var keys: Set<String> = []
    for tag in tags {
      func invalid(_ message: String, value: String? = nil) -> ServiceError {
        ServiceError(
          400, "InvalidTag", message,
          details: [("TagKey", tag.key.xmlSafe)] + (value.map { [("TagValue", $0.xmlSafe)] } ?? []))
      }
      guard keys.insert(tag.key).inserted else { throw invalid("Cannot provide multiple Tags with the same key") }
      guard tag.hasValidKey else { throw invalid("The TagKey you have provided is invalid") }
      guard tag.hasValidValue else { throw invalid("The TagValue you have provided is invalid", value: tag.value) }
      guard !tag.key.lowercased().hasPrefix("aws:") else { throw invalid(reserved) }
    }
    return tags
  }
}

extension ObjectTag {
  fileprivate var isValid: Bool { hasValidKey && hasValidValue }

  fileprivate var hasValidKey: Bool {
    (1...128).contains(key.unicodeScalars.count) && key.unicodeScalars.allSatisfy(Self.isAllowed)
  }

  fileprivate var hasValidValue: Bool {
    value.unicodeScalars.count <= 256 && value.unicodeScalars.allSatisfy(Self.isAllowed)
  }

  /// Letters, numbers and spaces of any script, and these.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if "+-=._:/@".unicodeScalars.contains(scalar) { return true }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber, .spaceSeparator, .lineSeparator, .paragraphSeparator:
      true
    default: false
    }
  }
}
