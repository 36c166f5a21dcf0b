package import AWSKit

/// A job of S3 Batch Operations as a journal has it: everything that creating it needs, so that it can be asked for again.
package struct BatchJobRecord: Sendable, Equatable {
  /// From 1, and never used again for the same plan.
  package var number: Int
  /// The jobs that were submitted with it: none was created before all of them were recorded.
  package var submission: ClosedRange<Int>
  package var group: BatchGroup
  /// The account that the job is in, by its number.
  package var account: AccountID
  package var role: String
  package var tasks: Int
  package var manifest: BatchManifestLocation
  package var reportBucket: String
  package var reportPrefix: String
  /// Objects that were modified later are not copied; nil for no such condition.
  package var unmodifiedSince: String?

  package init(
    number: Int, submission: ClosedRange<Int>, group: BatchGroup, account: AccountID, role: String, tasks: Int,
    manifest: BatchManifestLocation, reportBucket: String, reportPrefix: String, unmodifiedSince: String? = nil
  ) {
    self.number = number
    self.submission = submission
    self.group = group
    self.account = account
    self.role = role
    self.tasks = tasks
    self.manifest = manifest
    self.reportBucket = reportBucket
    self.reportPrefix = reportPrefix
    self.unmodifiedSince = unmodifiedSince
  }

  /// The most jobs of a plan: their number takes two bytes for each change.
  package static let maximumNumber = 65_000

  /// What names the job to S3: of the plan's digest and the number alone, so that asking twice creates one job.
  package static func token(plan digest: String, number: Int) -> String { "fixacl-\(digest.suffix(48))-\(number)" }

  /// What the job is called, for people and to recognize it.
  package static func description(plan digest: String, number: Int) -> String {
    "fixacl: plan \(digest.suffix(64).prefix(24)), job \(number)"
  }
}

/// What a journal says of jobs of S3 Batch Operations.
package enum BatchRecord: Sendable, Equatable {
  /// It is about to be created, suspended.
  case submits(BatchJobRecord)
  /// It was created, with this ID.
  case created(number: Int, id: String)
  /// Its report was read; nothing more comes of it.
  case collected(number: Int, status: String)

  package func write(to json: inout JSONWriter) {
    json.name("batch")
    json.object { json in
      switch self {
      case .submits(let job): job.write(to: &json)
      case .created(let number, let id):
        json.member("job", number)
        json.member("id", id)
      case .collected(let number, let status):
        json.member("job", number)
        json.member("collected", status)
      }
    }
  }

  /// - Throws: `JSONLineReader.Damage` if it is no such object.
  package init(_ reader: inout JSONLineReader) throws {
    var members = Members()
    try reader.object { reader, name in try members.read(name, &reader) }
    guard (1...BatchJobRecord.maximumNumber).contains(members.number) else { throw JSONLineReader.Damage() }
    if let status = members.collected {
      self = .collected(number: members.number, status: status)
    } else if let id = members.id {
      guard BatchJob.isID(id) else { throw JSONLineReader.Damage() }
      self = .created(number: members.number, id: id)
    } else {
      self = .submits(try members.job())
    }
  }

  /// The members of the object as they come.
  private struct Members {
    var number = 0
    var id: String?
    var collected: String?
    private var first = 0
    private var count = 0
    private var texts: [String: String] = [:]
    private var tasks = 0
    private var hasVersions = false
    private var copy: BatchCopy.Attributes?

    mutating func read(_ name: ArraySlice<UInt8>, _ reader: inout JSONLineReader) throws {
      switch name {
      case "job": number = try reader.integer()
      case "id": id = try reader.text()
      case "collected": collected = try reader.text()
      case "first": first = try reader.integer()
      case "of": count = try reader.integer()
      case "tasks": tasks = try reader.integer()
      case "versions": hasVersions = try reader.bool()
      case "copy": copy = try BatchCopy.Attributes(&reader)
      case "account", "accountId", "role", "to", "manifestBucket", "manifestKey", "etag", "reportBucket",
        "reportPrefix",
        "unmodifiedSince":
        texts[String(decoding: name, as: UTF8.self)] = try reader.text()
      default: try reader.skip()
      }
    }

    func job() throws -> BatchJobRecord {
      guard let owner = texts["account"], let account = texts["accountId"].flatMap({ AccountID($0) }),
        let role = texts["role"], let to = texts["to"], let manifestBucket = texts["manifestBucket"],
        let manifestKey = texts["manifestKey"], let etag = texts["etag"], let reportBucket = texts["reportBucket"],
        let reportPrefix = texts["reportPrefix"], tasks > 0, (1...BatchJobRecord.maximumNumber).contains(first),
        (1...BatchJobRecord.maximumNumber).contains(count), (first..<first + count).contains(number)
      else { throw JSONLineReader.Damage() }
      return BatchJobRecord(
        number: number, submission: first...first + count - 1,
        group: BatchGroup(account: CanonicalID(owner), to: ACLName(to), hasVersions: hasVersions, copy: copy),
        account: account, role: role, tasks: tasks,
        manifest: BatchManifestLocation(
          bucket: manifestBucket, key: manifestKey, etag: etag, hasVersions: hasVersions),
        reportBucket: reportBucket, reportPrefix: reportPrefix, unmodifiedSince: texts["unmodifiedSince"])
    }
  }
}

extension BatchJobRecord {
  fileprivate func write(to json: inout JSONWriter) {
    json.member("job", number)
    json.member("first", submission.lowerBound)
    json.member("of", submission.count)
    json.member("account", group.account.value)
    json.member("accountId", account.digits)
    json.member("role", role)
    json.member("to", group.to.text)
    json.member("tasks", tasks)
    if group.hasVersions { json.member("versions", true) }
    json.member("manifestBucket", manifest.bucket)
    json.member("manifestKey", manifest.key)
    json.member("etag", manifest.etag)
    json.member("reportBucket", reportBucket)
    json.member("reportPrefix", reportPrefix)
    if let unmodifiedSince { json.member("unmodifiedSince", unmodifiedSince) }
    guard let copy = group.copy else { return }
    json.name("copy")
    copy.write(to: &json)
  }
}

extension BatchCopy.Attributes {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("storageClass", storageClass)
      if let kmsKeyID {
        json.member("kmsKeyId", kmsKeyID)
        json.member("bucketKey", usesBucketKey)
      }
      if let redirect { json.member("redirect", redirect) }
      if let checksumAlgorithm { json.member("checksum", checksumAlgorithm) }
      if let lock {
        if let retention = lock.retention {
          json.member("mode", retention.mode)
          json.member("until", retention.until)
        }
        json.member("legalHold", lock.hasLegalHold)
        lock.eventHold?.writeMembers(to: &json)
      }
    }
  }

  fileprivate init(_ reader: inout JSONLineReader) throws {
    var texts: [String: String] = [:]
    var (usesBucketKey, hasLegalHold): (Bool, Bool?) = (false, nil)
    var eventHold = ObjectLockState.EventHold.Members()
    try reader.object { reader, name in
      switch name {
      case "bucketKey": usesBucketKey = try reader.bool()
      case "legalHold": hasLegalHold = try reader.bool()
      case "storageClass", "kmsKeyId", "redirect", "checksum", "mode", "until":
        texts[String(decoding: name, as: UTF8.self)] = try reader.text()
      default: try eventHold.take(name, &reader)
      }
    }
    guard let storageClass = texts["storageClass"] else { throw JSONLineReader.Damage() }
    self.init(
      storageClass: storageClass, kmsKeyID: texts["kmsKeyId"], usesBucketKey: usesBucketKey,
      redirect: texts["redirect"], checksumAlgorithm: texts["checksum"])
    guard let hasLegalHold else { return }
    lock = ObjectLockState(hasLegalHold: hasLegalHold)
    if let mode = texts["mode"], let until = texts["until"] {
      lock?.retention = ObjectLockState.Retention(mode: mode, until: until)
    }
    lock?.eventHold = eventHold.hold
  }
}
