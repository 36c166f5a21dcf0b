internal import BitCollections
package import AWSKit

/// The state of a plan's changes according to a journal: where an apply resumes, and what a rollback can undo.
package struct JournalReplay: Sendable {
  /// Multipart uploads of one object that may still exist.
  package struct OpenUploads: Sendable, Equatable {
    package var key: ObjectKey
    package var ids: [String] = []
    /// Uploads with unknown IDs.
    package var intended: [UploadIntent] = []

    package init(key: ObjectKey, ids: [String] = [], intended: [UploadIntent] = []) {
      self.key = key
      self.ids = ids
      self.intended = intended
    }

    fileprivate var isEmpty: Bool { ids.isEmpty && intended.isEmpty }
  }

  /// The complete changes. One bit each, as in `touched`: 10 million changes take 1.25 MB.
  private var finished: BitArray
  /// Changes that wrote something, or may have.
  private var touched: BitArray
  package private(set) var finishedCount = 0
  package private(set) var touchedCount = 0
  /// Marks of the versions that copies made and replaced, 4 bytes a change each; empty until there is one.
  private var madeVersions: [UInt32] = []
  private var replacedVersions: [UInt32] = []
  /// The numbers of the jobs whose tasks make changes, 2 bytes a change; 0 without one, and empty until there is one.
  private var jobs: [UInt16] = []
  /// Marks of the objects in the records, 2 bytes a change; 0 without a record.
  private var objects: [UInt16]
  /// Copies that have begun and are not confirmed.
  package private(set) var unconfirmedCopies: [Int: CopyIntent] = [:]
  /// Multipart uploads that may still exist, by change.
  package private(set) var openUploads: [Int: OpenUploads] = [:]
  /// The object owners whose credentials are needed to undo grants.
  package private(set) var ownersOfGrants: Set<CanonicalID> = []
  /// Whether something was copied, which only the bucket owner can undo.
  package private(set) var hasCopies = false
  /// The jobs of S3 Batch Operations.
  package private(set) var batch = BatchHistory()
  /// What was invalidated since the last change was undone.
  package private(set) var invalidations = InvalidationHistory()
  /// Whether records are missing that were on the disk before.
  package internal(set) var isCut = false

  private let changeCount: Int
  /// Whether a final result means that no upload is left, as in journals of the first format.
  private let resultsEndUploads: Bool

  package init(changeCount: Int, format: JournalHeader.Format = .second) {
    self.changeCount = changeCount
    resultsEndUploads = format == .first
    finished = BitArray(repeating: false, count: changeCount)
    touched = finished
    objects = []
  }

  /// Begins with an empty journal.
  package init(of plan: Plan) {
    self.init(changeCount: plan.changeCount)
  }

  /// Whether it has no records.
  package var isEmpty: Bool { objects.isEmpty }

  /// Whether something was begun that only an apply of the same plan can bring to its end.
  package var hasLooseEnds: Bool { !unconfirmedCopies.isEmpty || !openUploads.isEmpty }

  /// Whether a rollback has anything to do: to undo a change, or to end an upload.
  package var needsRollback: Bool { touchedCount > 0 || !openUploads.isEmpty }

  /// Whether the change is complete.
  package func isFinished(_ change: Int) -> Bool {
    finished.indices.contains(change) && finished[change]
  }

  /// Whether apply wrote something for the change, or may have.
  package func isTouched(_ change: Int) -> Bool {
    touched.indices.contains(change) && touched[change]
  }

  /// The number of the job whose task makes the change; nil if none does.
  package func job(of change: Int) -> Int? {
    guard jobs.indices.contains(change), jobs[change] != 0 else { return nil }
    return Int(jobs[change])
  }

  /// Whether the change's copy made this version; nil if unknown.
  package func isVersion(_ id: String, madeBy change: Int) -> Bool? {
    guard !madeVersions.isEmpty, madeVersions[change] != 0 else { return nil }
    return madeVersions[change] == Self.mark(of: id)
  }

  /// Whether this was the current version before the change's copy; nil if unknown.
  package func isVersion(_ id: String, replacedBy change: Int) -> Bool? {
    guard !replacedVersions.isEmpty, replacedVersions[change] != 0 else { return nil }
    return replacedVersions[change] == Self.mark(of: id)
  }

  /// Whether the records of a change name that object; true if there are none.
  func isAbout(_ key: ObjectKey, change: Int) -> Bool {
    guard !objects.isEmpty, objects[change] != 0 else { return true }
    return objects[change] == Self.mark(of: key, change: change)
  }

  /// 32 bits of a version ID's hash (FNV-1a, never 0). Millions of IDs would not fit into memory, and 32 bits tell the
  /// versions of one object apart.
  private static func mark(of id: String) -> UInt32 {
    let hash = id.utf8.reduce(into: 0xcbf2_9ce4_8422_2325 as UInt64) { $0 = ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return max(1, UInt32(truncatingIfNeeded: hash ^ hash >> 32))
  }

  /// 16 bits of a key's hash, never 0: enough to notice a record that damage has moved to another change.
  private static func mark(of key: ObjectKey, change: Int) -> UInt16 {
    var hasher = Hasher()
    hasher.combine(change)
    key.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return max(1, UInt16(truncatingIfNeeded: hasher.finalize()))
  }

  private mutating func touch(_ change: Int) {
    guard !isTouched(change) else { return }
    touched[change] = true
    touchedCount += 1
  }

  private mutating func undo(_ change: Int) {
    if isFinished(change) { finishedCount -= 1 }
    if isTouched(change) { touchedCount -= 1 }
    finished[change] = false
    touched[change] = false
    if !madeVersions.isEmpty { madeVersions[change] = 0 }
    if !replacedVersions.isEmpty { replacedVersions[change] = 0 }
    unconfirmedCopies[change] = nil
  }

  private static func note(_ id: String, for change: Int, of changeCount: Int, in marks: inout [UInt32]) {
    if marks.isEmpty { marks = [UInt32](repeating: 0, count: changeCount) }
    marks[change] = mark(of: id)
  }

  /// - Throws: `FileFormatError.Detail` if it names a change that the plan does not have.
  mutating func take(_ line: JournalLine) throws {
    if let invalidation = line.invalidation { return invalidations.take(invalidation) }
    if let record = line.batch { return batch.take(record) }
    let change = line.index
    guard change >= 0, change < changeCount else {
      throw FileFormatError.Detail("it has a change that the plan does not have")
    }
    let object = Self.mark(of: line.key, change: change)
    if objects.isEmpty { objects = [UInt16](repeating: 0, count: changeCount) }
    guard objects[change] == 0 || objects[change] == object else {
      throw FileFormatError.Detail("it names two objects for change \(change)")
    }
    objects[change] = object
    if line.begins || line.copyBegins != nil { touch(change) }
    if line.begins { take(line.task, of: change) }
    if let event = line.uploadEvent { take(event, of: change, line) }
    if let result = line.rollback, result.isFinal {
      undo(change)
      invalidations.endRound()
    }
    if let intent = line.copyBegins {
      unconfirmedCopies[change] = intent
      if let replaced = intent.replaces { Self.note(replaced, for: change, of: changeCount, in: &replacedVersions) }
    }
    if line.isUntouched, !isFinished(change) { undo(change) }
    if let result = line.result, result.isFinal, !isFinished(change) {
      finished[change] = true
      finishedCount += 1
      unconfirmedCopies[change] = nil
      if resultsEndUploads { openUploads[change] = nil }
      // A result without a beginning was written by an earlier version.
      if result == .done { touch(change) }
    }
    if let id = line.version { Self.note(id, for: change, of: changeCount, in: &madeVersions) }
  }

  private mutating func take(_ task: BatchTask?, of change: Int) {
    guard let task else {
      if !jobs.isEmpty { jobs[change] = 0 }
      return
    }
    if jobs.isEmpty { jobs = [UInt16](repeating: 0, count: changeCount) }
    jobs[change] = UInt16(clamping: task.job)
    if let replaced = task.replaces { Self.note(replaced, for: change, of: changeCount, in: &replacedVersions) }
  }

  /// Records whose credentials undoing a change needs.
  mutating func needs(_ change: Change) {
    if change.action == .copy { hasCopies = true }
    if change.action == .grant || change.reason == .grantFirst { ownersOfGrants.insert(change.owner) }
  }

  private mutating func take(_ event: UploadEvent, of change: Int, _ line: JournalLine) {
    var uploads = openUploads[change] ?? OpenUploads(key: line.key)
    switch event {
    case .intended(let others): uploads.intended.append(UploadIntent(others: others, at: line.time))
    case .began(let id):
      _ = uploads.intended.popLast()
      uploads.ids.append(id)
    case .ended(let id?): uploads.ids.removeAll { $0 == id }
    case .ended(nil):
      // The first format does not record which upload it was.
      if uploads.intended.popLast() == nil { uploads.ids = [] }
    }
    openUploads[change] = uploads.isEmpty ? nil : uploads
  }
}
