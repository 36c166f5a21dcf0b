package import S3Kit
internal import Synchronization

/// Lists a bucket and finds out what its foreign objects need.
///
/// One task holds the splitter and the spool; pages are listed, parsed and assessed by others, on Dispatch's queues
/// (on which Swift's tasks run). What is in memory is bounded by the number of pages under way.
package final class BucketScanner: Sendable {
  /// Where a scan is, for whoever watches. Read it on any thread.
  package struct Progress: Sendable {
    package var listed = 0
    package var foreign = 0
    package var changes = 0
  }

  /// What a scan found.
  package struct Result: Sendable {
    package var summary: PlanSummary
    package var acls: ACLTable
    package var spool: PlanSpool
    /// How many foreign objects let each grantee do something, as far as their ACLs could be read.
    package var grantees: [Grantee: Int] = [:]
  }

  /// Why a scan ended early.
  package enum Failure: Error, Sendable {
    case s3(S3Error)
    case file(FileError)
    /// The server's listing does not name owners.
    case ownerMissing(ObjectKey)
    case interrupted
  }

  /// A page's changes as lines of the plan, and what they add to the plan's other parts.
  private struct AssessedPage: Sendable {
    var firstKey: ObjectKey
    /// Its number in its range.
    var number: Int
    var lines: [UInt8] = []
    var summary = PlanSummary()
    var acls = ACLTable()
    var grantees: [Grantee: Int] = [:]
  }

  private enum Event: Sendable {
    case listed(KeySpaceSplitter.PageRequest, ObjectPage)
    case assessed(AssessedPage)
  }

  private let bucket: PlanBucket
  private let filter: KeyFilter
  private let policy: ACLPolicy
  private let assessor: ObjectAssessor
  private let lister: S3Client
  private let allVersions: Bool
  private let concurrency: Int
  private let stop: StopSignal
  private let counts = Mutex(Progress())

  package init(
    bucket: PlanBucket, desired: DesiredState, accounts: Accounts, concurrency: Int, stop: StopSignal
  ) {
    self.bucket = bucket
    filter = desired.filter
    policy = ACLPolicy(bucket: bucket, desired: desired)
    assessor = ObjectAssessor(
      bucket: bucket, strategy: desired.strategy, policy: policy, accounts: accounts)
    lister = accounts.main.client
    allVersions = desired.allVersions
    self.concurrency = concurrency
    self.stop = stop
  }

  package var progress: Progress { counts.withLock { $0 } }

  /// Scans the whole bucket.
  ///
  /// - Parameter spoolFolder: where the temporary file with the changes is made.
  package func scan(spoolFolder: String) async throws(Failure) -> Result {
    do {
      return try await scan(into: try PlanSpool(folder: spoolFolder))
    } catch let error as Failure {
      throw error
    } catch let error as S3Error {
      throw stop.isSet ? .interrupted : .s3(error)
    } catch let error as FileError {
      throw .file(error)
    } catch {
      fatalError("an error of another type: \(error)")
    }
  }

  private func scan(into emptySpool: PlanSpool) async throws -> Result {
    var result = Result(summary: PlanSummary(), acls: ACLTable(), spool: emptySpool)
    // A page is 1,000 objects: what is listed ahead of what is assessed is what a scan keeps in memory.
    let maximumPagesUnderWay = max(1, min(8, concurrency / 8))
    let prefix = filter.prefix.map { ObjectKey($0) }
    var splitter = KeySpaceSplitter(maximum: maximumPagesUnderWay, prefix: prefix)
    var pagesUnderWay = 0
    var waiting: [KeySpaceSplitter.PageRequest] = [splitter.start()]
    try await withThrowingTaskGroup(of: Event.self) { group in
      while true {
        if stop.isSet { throw Failure.interrupted }
        while pagesUnderWay < maximumPagesUnderWay, let request = waiting.popLast() {
          pagesUnderWay += 1
          group.addTask { .listed(request, try await self.list(prefix: prefix, after: request.after)) }
        }
        guard let event = try await group.next() else { break }
        switch event {
        case .listed(let request, let page):
          let (inRange, next) = splitter.listed(page, of: request)
          waiting += next.reversed()
          group.addTask { .assessed(try await self.assess(page.objects, upTo: inRange, number: request.page)) }
        case .assessed(let page):
          pagesUnderWay -= 1
          result.summary.add(page.summary)
          result.acls.merge(page.acls)
          result.grantees.merge(page.grantees, uniquingKeysWith: +)
          try result.spool.append(page.lines, firstKey: page.firstKey, page: page.number)
        }
      }
    }
    return result
  }

  private func list(prefix: ObjectKey?, after marker: ListingMarker?) async throws(S3Error) -> ObjectPage {
    allVersions
      ? try await lister.listObjectVersions(bucket: bucket.name, prefix: prefix, after: marker)
      : try await lister.listObjects(bucket: bucket.name, prefix: prefix, startAfter: marker?.key)
  }

  private func assess(_ objects: ListedObjects, upTo end: Int, number: Int) async throws -> AssessedPage {
    var page = AssessedPage(firstKey: end > 0 ? objects.key(at: 0) : ObjectKey([]), number: number)
    var foreign: [(object: ListedObject, owner: CanonicalID)] = []
    let bucketOwner = objects.owners.firstIndex(of: bucket.owner)
    for index in 0..<end where !objects.isDeleteMarker(at: index) {
      guard filter.isEverything || filter.matches(objects.key(at: index)) else { continue }
      page.summary.listed += 1
      guard let ownerIndex = objects.ownerIndex(at: index) else { throw Failure.ownerMissing(objects.key(at: index)) }
      guard ownerIndex != bucketOwner else { continue }
      let (object, owner) = (objects[index], objects.owners[ownerIndex])
      foreign.append((object, owner))
      page.summary.foreign += 1
      page.summary.owners[owner, default: PlanSummary.Owner()].objects += 1
      page.summary.owners[owner, default: PlanSummary.Owner()].bytes += object.size
    }
    counts.withLock { [summary = page.summary] in
      $0.listed += summary.listed
      $0.foreign += summary.foreign
    }
    for (index, finding) in try await findings(for: foreign).enumerated() {
      let grantees = Set(finding.acl?.grants.map(\.grantee) ?? [])
      for grantee in grantees { page.grantees[grantee, default: 0] += 1 }
      guard let need = finding.need else { continue }
      let (object, owner) = foreign[index]
      let change = Change(
        key: object.key, versionID: object.pinnedVersion, etag: object.etag, size: object.size,
        lastModified: object.lastModified, owner: owner, action: need.action,
        from: finding.acl.map { page.acls.insert($0) }, to: need.to.map { page.acls.insert($0) },
        reason: need.reason, kept: need.kept, tags: need.tags)
      page.summary.count(change)
      var json = JSONWriter()
      change.write(to: &json)
      page.lines += json.bytes
      page.lines += ",\n".utf8
    }
    counts.withLock { [changes = page.summary.changes] in $0.changes += changes }
    return page
  }

  /// Assesses objects side by side; the findings come in the order of the objects.
  private func findings(
    for objects: [(object: ListedObject, owner: CanonicalID)]
  ) async throws -> [ObjectAssessor.Finding] {
    var findings = [ObjectAssessor.Finding](repeating: .gone, count: objects.count)
    try await withThrowingTaskGroup(of: (Int, ObjectAssessor.Finding).self) { group in
      for (index, (object, owner)) in objects.enumerated() {
        if index >= concurrency, let (done, finding) = try await group.next() { findings[done] = finding }
        if stop.isSet { throw Failure.interrupted }
        group.addTask { [assessor] in (index, try await assessor.assess(object, owner: owner)) }
      }
      while let (done, finding) = try await group.next() { findings[done] = finding }
    }
    return findings
  }
}
