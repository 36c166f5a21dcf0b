internal import AWSKit

/// S3 Object Lock: a bucket's configuration, and the retention and legal hold of a version.
extension S3Service {
  static func checkObjectLock(of bucket: SandboxBucket) throws(ServiceError) {
    guard bucket.hasObjectLock else { throw .invalidRequest("Bucket is missing Object Lock Configuration") }
  }

  // MARK: The bucket's configuration

  func getObjectLockConfiguration(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard bucket.hasObjectLock else {
      throw ServiceError(
        404, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket",
        details: [("BucketName", bucket.name)])
    }
    return .xml("ObjectLockConfiguration", attributes: Self.namespace) { writer in
      writer.element("ObjectLockEnabled", text: "Enabled")
      guard bucket.defaultRetention != nil || bucket.defaultEventHold != nil else { return }
      writer.element("Rule") { writer in
        writer.element("DefaultRetention") { writer in
          if let mode = bucket.defaultRetention?.mode ?? bucket.defaultEventHold?.mode {
            writer.element("Mode", text: mode)
          }
          if let retention = bucket.defaultRetention {
            writer.element(retention.isInYears ? "Years" : "Days", text: String(retention.count))
          }
          if let hold = bucket.defaultEventHold { Self.write(hold.duration, named: "DefaultEventHold", to: &writer) }
        }
      }
    }
  }

  func putObjectLockConfiguration(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try demandDigest(call)
    let configuration = try call.document("ObjectLockConfiguration")
    guard configuration["ObjectLockEnabled"]?.text == "Enabled" else { throw .malformedXML }
    guard bucket.versioning == .enabled else {
      throw ServiceError(
        409, "InvalidBucketState", "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    }
    var retention: SandboxBucket.DefaultRetention?
    var eventHold: ObjectLock.EventHold?
    if let outer = configuration["Rule"], let rule = outer["DefaultRetention"], let hold = rule["DefaultEventHold"],
      rule["Days"] == nil, rule["Years"] == nil
    {
      eventHold = ObjectLock.EventHold(
        mode: rule["Mode"]?.text,
        duration: try Self.eventHoldDuration(days: hold["Days"]?.text, years: hold["Years"]?.text))
    } else if let outer = configuration["Rule"] {
      guard let rule = outer["DefaultRetention"] else { throw .malformedXML }
      // Both at once would be two ways to lock the same object.
      guard rule["DefaultEventHold"] == nil else { throw .malformedXML }
      // Either, not both (API Reference: DefaultRetention).
      let (days, years) = (rule["Days"], rule["Years"])
      guard let mode = rule["Mode"]?.text, ["GOVERNANCE", "COMPLIANCE"].contains(mode), (days == nil) != (years == nil),
        let count = (days ?? years).flatMap({ Int($0.text) })
      else { throw .malformedXML }
      guard count > 0, count <= (years == nil ? 36_500 : 100) else {
        throw .invalidArgument(
          "Default retention period must be a positive integer value.", years == nil ? "Days" : "Years")
      }
      retention = SandboxBucket.DefaultRetention(mode: mode, count: count, isInYears: years != nil)
    }
    bucket.hasObjectLock = true
    bucket.defaultRetention = retention
    bucket.defaultEventHold = eventHold
    return SandboxResponse()
  }

  // MARK: Versions

  private static let missing = ServiceError(
    404, "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration")

  func getObjectRetention(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    let lock = object.attributes.lock
    guard lock.retention != nil || lock.eventHold != nil else { throw Self.missing }
    return .xml("Retention", attributes: Self.namespace) { writer in
      if let mode = lock.retention?.mode ?? lock.eventHold?.mode { writer.element("Mode", text: mode) }
      if let retention = lock.retention { writer.element("RetainUntilDate", text: retention.until.s3Date) }
      guard let hold = lock.eventHold else { return }
      writer.element("EventHold", text: "ON")
      Self.write(hold.duration, named: "EventHoldDuration", to: &writer)
    }
  }

  private static func write(
    _ duration: ObjectLock.EventHold.Duration?, named name: String, to writer: inout DocumentWriter
  ) {
    guard let duration else { return }
    writer.element(name) { $0.element(duration.isInYears ? "Years" : "Days", text: String(duration.count)) }
  }

  func putObjectRetention(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    try demandDigest(call)
    var object = object
    let old = object.attributes.lock
    object.attributes.lock.retention = try retention(call, replacing: old.retention)
    let document = try call.document("Retention")
    switch document["EventHold"]?.text {
    case "ON":
      let duration = document["EventHoldDuration"]
      object.attributes.lock.eventHold = ObjectLock.EventHold(
        mode: document["Mode"]?.text,
        duration: try Self.eventHoldDuration(days: duration?["Days"]?.text, years: duration?["Years"]?.text))
    case "OFF":
      object.attributes.lock.eventHold = nil
      // The retention begins when the hold is released (User Guide: "Locking objects with Object Lock").
      if let hold = old.eventHold, let duration = hold.duration, object.attributes.lock.retention == nil {
        object.attributes.lock.retention = ObjectLock.Retention(
          mode: hold.mode ?? "GOVERNANCE", until: Timestamp(seconds: call.now.seconds + duration.days * 86_400))
      }
    case nil: break
    default: throw .malformedXML
    }
    bucket.replace(object)
    return SandboxResponse()
  }

  func getObjectLegalHold(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    guard let hold = object.attributes.lock.legalHold else { throw Self.missing }
    return .xml("LegalHold", attributes: Self.namespace) { $0.element("Status", text: hold) }
  }

  func putObjectLegalHold(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    try demandDigest(call)
    guard let status = try call.document("LegalHold")["Status"]?.text, ["ON", "OFF"].contains(status) else {
      throw .malformedXML
    }
    var object = object
    object.attributes.lock.legalHold = status
    bucket.replace(object)
    return SandboxResponse()
  }

  /// A retention may be made longer by anybody who may set one; made shorter, of another mode, or taken away only in
  /// governance mode, by who says so and may bypass it (User Guide: "Locking objects with Object Lock").
  private func retention(
    _ call: S3Call, replacing old: ObjectLock.Retention?
  ) throws(ServiceError) -> ObjectLock.Retention? {
    let document = try call.document("Retention")
    var new: ObjectLock.Retention?
    // With an event hold, the mode is that of the hold.
    let isOfHold = document["EventHold"] != nil && document["RetainUntilDate"] == nil
    if let mode = document["Mode"]?.text, !isOfHold {
      guard ["GOVERNANCE", "COMPLIANCE"].contains(mode),
        let until = (document["RetainUntilDate"]?.text).flatMap(Timestamp.init(extended:))
      else { throw .malformedXML }
      guard until > call.now else { throw .invalidArgument("The retain until date must be in the future!") }
      new = ObjectLock.Retention(mode: mode, until: until)
    }
    guard let old, old.until > call.now else { return new }
    let isWeaker = new.map { $0.until < old.until || $0.mode != old.mode } ?? true
    let bypasses = call.header("x-amz-bypass-governance-retention")?.lowercased() == "true"
    guard !isWeaker || (old.mode == "GOVERNANCE" && bypasses) else {
      throw ServiceError(403, "AccessDenied", "Access Denied because object protected by object lock.")
    }
    return new
  }
}
