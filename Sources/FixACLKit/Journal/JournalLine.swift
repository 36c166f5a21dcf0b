internal import AWSKit

/// A journal's line as read back. Its detail is for people, and not kept.
struct JournalLine {
  /// A change about to be made, with its ACLs by number.
  struct Beginning {
    var versionID: String?
    var etag = ""
    var size = 0
    var owner: CanonicalID?
    var action = ChangeAction.grant
    var reason = ChangeReason.readerMissing
    var from: Int?
    var to: Int?
    /// Definitions of ACL numbers, valid from this line on.
    var acls: [Int: AccessControlList] = [:]
  }

  private(set) var index = -1
  private(set) var key = ObjectKey([])
  private(set) var result: JournalResult?
  private(set) var version: String?
  /// Whether it says that nothing was written, though something was about to be.
  private(set) var isUntouched = false
  private(set) var begins = false
  /// The members that a `begins` record has in the second format.
  private(set) var beginning = Beginning()
  /// The task of a job that makes the change; nil if apply itself does.
  private(set) var task: BatchTask?
  private(set) var copyBegins: CopyIntent?
  private(set) var uploadEvent: UploadEvent?
  /// The time of an upload's intent; not read of other lines, of which there can be millions.
  private(set) var time: Timestamp?
  private(set) var rollback: JournalResult?
  /// Nil for a line about a change.
  private(set) var invalidation: InvalidationRecord?
  /// Nil for a line about a change.
  private(set) var batch: BatchRecord?

  /// - Throws: `JSONLineReader.Damage` if the line is no record.
  init(parsing line: ArraySlice<UInt8>) throws {
    var reader = JSONLineReader(line)
    var hasKey = false
    var hasIndex = false
    var uploadEnded = false
    var endedID: String?
    var (reason, replaces): (String?, String?)
    var job: Int?
    try reader.object { reader, name in
      switch name {
      case "change":
        index = try reader.integer()
        hasIndex = true
      case "key":
        key = ObjectKey(try reader.string())
        hasKey = key.isValidUTF8
      case "result":
        result = try Self.value(try reader.text())
        // Only what was done can be impossible to undo.
        if result == .impossible { throw JSONLineReader.Damage() }
      case "version": version = try reader.text()
      case "written": isUntouched = try !reader.bool()
      case "begins": begins = try reader.bool()
      case "versionId": beginning.versionID = try reader.text()
      case "etag": beginning.etag = try reader.text()
      case "size": beginning.size = try reader.integer()
      case "owner": beginning.owner = CanonicalID(try reader.text())
      case "action": beginning.action = try Self.value(try reader.text())
      case "reason": reason = try reader.text()
      case "from": beginning.from = try reader.integer()
      case "to": beginning.to = try reader.integer()
      case "acls":
        try reader.object { reader, name in
          guard let number = Int(String(decoding: name, as: UTF8.self)),
            (1...JournalEncoder.maximumACLs).contains(number)
          else { throw JSONLineReader.Damage() }
          beginning.acls[number] = try AccessControlList(&reader)
        }
      case "job": job = try reader.integer()
      case "replaces": replaces = try reader.text()
      case "copyBegins": copyBegins = try CopyIntent(&reader)
      case "at" where uploadEvent != nil: time = Timestamp(iso8601: try reader.text())
      case "uploadIntended": uploadEvent = .intended(others: try Self.others(&reader))
      case "upload": uploadEvent = .began(id: try reader.text())
      case "uploadEnded": uploadEnded = try reader.bool()
      case "uploadId": endedID = try reader.text()
      case "rollback": rollback = try Self.value(try reader.text())
      case "invalidation": invalidation = try InvalidationRecord(&reader)
      case "batch": batch = try BatchRecord(&reader)
      default: try reader.skip()
      }
    }
    // Only what did not end well can have written nothing.
    if isUntouched, result?.isFinal ?? true { throw JSONLineReader.Damage() }
    // A result has a reason too, which is for people.
    if begins, let reason { beginning.reason = try Self.value(reason) }
    if uploadEnded { uploadEvent = .ended(id: endedID) }
    if begins, let job {
      guard (1...BatchJobRecord.maximumNumber).contains(job) else { throw JSONLineReader.Damage() }
      task = BatchTask(job: job, replaces: replaces)
    }
    // A line is about a change or about none.
    let isWhole =
      invalidation == nil && batch == nil
      ? hasIndex && hasKey : !hasIndex && !hasKey && (invalidation == nil || batch == nil)
    guard isWhole, beginning.size >= 0, reader.isAtEnd() else { throw JSONLineReader.Damage() }
  }

  private static func value<Value: RawRepresentable<String>>(_ text: String) throws -> Value {
    guard let value = Value(rawValue: text) else { throw JSONLineReader.Damage() }
    return value
  }

  private static func others(_ reader: inout JSONLineReader) throws -> [String]? {
    var others: [String]?
    try reader.object { reader, name in
      guard "others" ~= name else { return try reader.skip() }
      var ids: [String] = []
      try reader.array { ids.append(try $0.text()) }
      others = ids
    }
    return others
  }
}

extension CopyIntent {
  fileprivate init(_ reader: inout JSONLineReader) throws {
    var intent = CopyIntent()
    var hasTags = false
    try reader.object { reader, name in
      switch name {
      case "replaces": intent.replaces = try reader.text()
      case "tags":
        let tags = try Self.tags(&reader)
        intent.tags = tags.isEmpty ? nil : tags
        hasTags = true
      case "lock": intent.lock = try Self.lock(&reader)
      default: try reader.skip()
      }
    }
    guard hasTags else { throw JSONLineReader.Damage() }
    self = intent
  }

  private static func tags(_ reader: inout JSONLineReader) throws -> [ObjectTag] {
    var tags: [ObjectTag] = []
    try reader.array { reader in
      var tag: (key: String?, value: String?)
      try reader.object { reader, name in
        switch name {
        case "key": tag.key = try reader.text()
        case "value": tag.value = try reader.text()
        default: try reader.skip()
        }
      }
      guard let key = tag.key, let value = tag.value else { throw JSONLineReader.Damage() }
      tags.append(ObjectTag(key: key, value: value))
    }
    return tags
  }

  private static func lock(_ reader: inout JSONLineReader) throws -> ObjectLockState {
    var (mode, until): (String?, String?)
    var lock = ObjectLockState()
    var eventHold = ObjectLockState.EventHold.Members()
    try reader.object { reader, name in
      switch name {
      case "mode": mode = try reader.optionalText()
      case "until": until = try reader.optionalText()
      case "legalHold": lock.hasLegalHold = try reader.bool()
      default: try eventHold.take(name, &reader)
      }
    }
    lock.eventHold = eventHold.hold
    if let mode, let until { lock.retention = ObjectLockState.Retention(mode: mode, until: until) }
    return lock
  }
}

extension AccessControlList {
  /// Reads what `write(to:)` writes.
  fileprivate init(_ reader: inout JSONLineReader) throws {
    var owner: String?
    var grants: [Grant] = []
    try reader.object { reader, name in
      switch name {
      case "owner": owner = try reader.text()
      case "grants": try reader.array { grants.append(try Grant(&$0)) }
      default: try reader.skip()
      }
    }
    guard let owner, !owner.isEmpty else { throw JSONLineReader.Damage() }
    self.init(owner: CanonicalID(owner), grants: grants)
  }
}

extension Grant {
  fileprivate init(_ reader: inout JSONLineReader) throws {
    var (grantee, permission): (Grantee?, Permission?)
    try reader.object { reader, name in
      switch name {
      case "id": grantee = .canonicalUser(CanonicalID(try reader.text()))
      case "uri": grantee = .group(try reader.text())
      case "permission": permission = Permission(rawValue: try reader.text())
      default: try reader.skip()
      }
    }
    guard let grantee, let permission else { throw JSONLineReader.Damage() }
    self.init(grantee, permission)
  }
}
