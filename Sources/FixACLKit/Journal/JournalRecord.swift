package import AWSKit

/// How a change, or its undoing, ended, as the journal tells it.
package enum JournalResult: String, Sendable, CaseIterable {
  /// It was written, and the server confirmed it.
  case done
  /// The object was found to be as it should be; nothing was written.
  case already
  /// The object is not what it was when it was last seen; nothing was written.
  case stale
  /// The change cannot be undone. Only rollback says so.
  case impossible
  /// It could not be made, or not be confirmed.
  case failed

  /// Whether nothing is left to do.
  package var isFinal: Bool { self == .done || self == .already }
}

/// Why a change did not end well, as the journal tells it.
package struct JournalCause: Sendable, Equatable {
  /// A stable word, such as `overwritten`; nil for failures.
  package var reason: String?
  /// Who owns the object now, if that is the reason.
  package var owner: CanonicalID?
  /// What the server said.
  package var error: ObjectFailure?
  /// In words, if no word and no server says it.
  package var detail: String?

  package init(
    reason: String? = nil, owner: CanonicalID? = nil, error: ObjectFailure? = nil, detail: String? = nil
  ) {
    self.reason = reason
    self.owner = owner
    self.error = error
    self.detail = detail
  }

  package func write(to json: inout JSONWriter) {
    if let reason { json.member("reason", reason) }
    if let owner { json.member("owner", owner.value) }
    if let error {
      json.name("error")
      error.write(to: &json)
    }
    if let detail { json.member("detail", detail) }
  }
}

/// One line of a journal after its first.
package enum JournalRecord: Sendable, Equatable {
  /// A write is about to be sent; if the program is killed, it may have been made. Contains everything needed to undo
  /// it.
  case begins(index: Int, Change, from: AccessControlList?, to: AccessControlList, task: BatchTask? = nil)
  /// An object is about to be copied over itself. What the server loses in a copy is restored, even after a kill.
  case copyBegins(index: Int, key: ObjectKey, CopyIntent)
  /// An event of a multipart upload, whose parts must not be left behind.
  case upload(index: Int, key: ObjectKey, UploadEvent)
  /// How a change ended. `version` is the one that a copy made; `isUntouched` says that nothing was written after all,
  /// in no run.
  case result(
    index: Int, key: ObjectKey, JournalResult, JournalCause? = nil, version: String? = nil, isUntouched: Bool = false)
  /// How the undoing of a change ended.
  case rollback(index: Int, key: ObjectKey, JournalResult, JournalCause? = nil)
  /// Paths of the plan are about to be invalidated, or were.
  case invalidation(InvalidationRecord)
  /// A job of S3 Batch Operations is about to be created, was, or has been collected.
  case batch(BatchRecord)
}

/// The task of S3 Batch Operations that makes a change.
package struct BatchTask: Sendable, Equatable {
  /// The job's number.
  package var job: Int
  /// The current version before a copy; nil for a grant, and on a bucket without versions.
  package var replaces: String?

  package init(job: Int, replaces: String? = nil) {
    self.job = job
    self.replaces = replaces
  }
}

/// What a copy replaces and must preserve; kept until the copy is confirmed.
package struct CopyIntent: Sendable, Equatable {
  /// The current version before the copy; nil on a bucket without versions.
  package var replaces: String?
  /// The tags that the object must have afterwards; nil if none are known to matter.
  package var tags: [ObjectTag]?
  /// The lock that the object must have afterwards; nil for none.
  package var lock: ObjectLockState?

  package init(replaces: String? = nil, tags: [ObjectTag]? = nil, lock: ObjectLockState? = nil) {
    self.replaces = replaces
    self.tags = tags
    self.lock = lock
  }
}

/// Encodes records as lines, in the order in which they are written: a line may define ACLs that later lines name.
struct JournalEncoder: Sendable {
  /// An ACL gets a number with its first record. Once all numbers are used they are reassigned, so that neither writer
  /// nor reader holds more ACLs than this.
  static let maximumACLs = 4096

  private var numbers: [AccessControlList: Int]
  /// Those that were written last: most records name one of a few, and to compare takes less time than to hash.
  private var recent: [(acl: AccessControlList, number: Int)] = []
  private static let maximumRecent = 8
  private var seal: JournalSeal?

  /// - Parameters:
  ///   - acls: the ACLs that the journal has defined, by number.
  ///   - seal: the seal of the last line; nil for a journal without seals.
  init(acls: [Int: AccessControlList] = [:], seal: JournalSeal?) {
    let known = Dictionary(acls.map { ($0.value, $0.key) }, uniquingKeysWith: { $1 })
    // Unless the numbers are 1 to n with one ACL each, the next one could be in use: then all get new ones.
    numbers = known.count == acls.count && acls.keys.allSatisfy { $0 <= acls.count } ? known : [:]
    self.seal = seal
  }

  /// The line, with its line end.
  mutating func line(_ record: JournalRecord, at time: String) -> [UInt8] {
    var json = JSONWriter(capacity: 384)
    json.object { json in
      switch record {
      case .begins(let index, let change, let from, let to, let task):
        Self.place(index, change.key, in: &json)
        json.member("begins", true)
        if let task { json.member("job", task.job) }
        if let replaces = task?.replaces { json.member("replaces", replaces) }
        write(change, from: from, to: to, in: &json)
        // The record of the change's end has the time; there can be millions of both.
        return
      case .copyBegins(let index, let key, let intent):
        Self.place(index, key, in: &json)
        Self.write(intent, in: &json)
      case .upload(let index, let key, let event):
        Self.place(index, key, in: &json)
        Self.write(event, in: &json)
      case .result(let index, let key, let result, let cause, let version, let isUntouched):
        Self.place(index, key, in: &json)
        json.member("result", result.rawValue)
        cause?.write(to: &json)
        if let version { json.member("version", version) }
        if isUntouched { json.member("written", false) }
      case .rollback(let index, let key, let result, let cause):
        Self.place(index, key, in: &json)
        json.member("rollback", result.rawValue)
        cause?.write(to: &json)
      case .invalidation(let invalidation): invalidation.write(to: &json)
      case .batch(let record): record.write(to: &json)
      }
      json.member("at", time)
    }
    return end(json.finish())
  }

  /// Ends a line that is one JSON object.
  mutating func end(_ line: consuming [UInt8]) -> [UInt8] {
    guard var next = seal.take() else {
      line.append(UInt8(ascii: "\n"))
      return line
    }
    defer { seal = next }
    return next.seal(line)
  }

  private static func place(_ index: Int, _ key: ObjectKey, in json: inout JSONWriter) {
    json.member("change", index)
    json.name("key")
    json.string(key.bytes)
  }

  /// Defaults are omitted, as in a plan.
  private mutating func write(
    _ change: Change, from: AccessControlList?, to: AccessControlList, in json: inout JSONWriter
  ) {
    if let version = change.versionID { json.member("versionId", version) }
    json.member("etag", change.etag)
    json.member("size", change.size)
    if from?.owner != change.owner { json.member("owner", change.owner.value) }
    if change.action != .grant { json.member("action", change.action.rawValue) }
    if change.reason != .readerMissing { json.member("reason", change.reason.rawValue) }
    if numbers.count + 2 > Self.maximumACLs {
      numbers.removeAll()
      recent.removeAll()
    }
    var defined: [(Int, AccessControlList)] = []
    if let from { json.member("from", number(of: from, &defined)) }
    json.member("to", number(of: to, &defined))
    guard !defined.isEmpty else { return }
    json.name("acls")
    json.object { json in
      for (number, acl) in defined {
        json.name(String(number))
        acl.write(to: &json)
      }
    }
  }

  private mutating func number(of acl: AccessControlList, _ defined: inout [(Int, AccessControlList)]) -> Int {
    if let known = recent.first(where: { $0.acl == acl }) { return known.number }
    let known = numbers[acl]
    let number = known ?? numbers.count + 1
    if known == nil {
      numbers[acl] = number
      defined.append((number, acl))
    }
    if recent.count == Self.maximumRecent { recent.removeFirst() }
    recent.append((acl, number))
    return number
  }

  private static func write(_ intent: CopyIntent, in json: inout JSONWriter) {
    json.name("copyBegins")
    json.object { json in
      if let replaces = intent.replaces { json.member("replaces", replaces) }
      json.name("tags")
      json.array { json in
        for tag in intent.tags ?? [] {
          json.object { json in
            json.member("key", tag.key)
            json.member("value", tag.value)
          }
        }
      }
      if let lock = intent.lock {
        json.name("lock")
        json.object { json in
          json.member("mode", lock.retention?.mode)
          json.member("until", lock.retention?.until)
          json.member("legalHold", lock.hasLegalHold)
          lock.eventHold?.writeMembers(to: &json)
        }
      }
    }
  }

  private static func write(_ event: UploadEvent, in json: inout JSONWriter) {
    switch event {
    case .intended(let others):
      json.name("uploadIntended")
      json.object { json in
        guard let others else { return }
        json.name("others")
        json.array { json in
          for id in others { json.string(id) }
        }
      }
    case .began(let id): json.member("upload", id)
    case .ended(let id):
      json.member("uploadEnded", true)
      if let id { json.member("uploadId", id) }
    }
  }
}
