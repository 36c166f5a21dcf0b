package import AWSKit
internal import Synchronization

/// Copies objects over themselves as the bucket owner: by one request, or in parts where they are too large for it.
package final class ObjectCopier: Sendable {
  private let bucket: String
  private let owner: CanonicalID
  private let client: AWSClient
  private let maximumCopySize: Int
  /// Whether the server knows a condition on the destination.
  private let guardsDestination = Atomic<Bool>(true)

  /// Parts that are copied side by side, of one object.
  private static let partsInFlight = 8
  /// S3 API Reference: a multipart upload has at most 10,000 parts, of at least 5 MiB but for the last.
  private static let maximumParts = 10_000
  private static let minimumPartSize = 5 << 20
  private static let usualPartSize = 512 << 20

  /// The longest time between the record of an upload and its beginning, in seconds: the request waits for its turn, and
  /// the clocks differ.
  private static let longestDelay = 3600

  /// - Parameter owner: the bucket's owner, whose credentials the client has.
  package init(bucket: String, owner: CanonicalID, client: AWSClient, maximumCopySize: Int) {
    self.bucket = bucket
    self.owner = owner
    self.client = client
    self.maximumCopySize = maximumCopySize
  }

  /// - Parameter record: what it throws ends the copy.
  /// - Throws: `AWSError`, and what `record` throws.
  package func copy(
    _ key: ObjectKey, _ copy: InPlaceCopy, record: (UploadEvent) async throws(FileError) -> Void
  ) async throws -> CopyOutcome {
    var copy = copy
    copy.guardsDestination = guardsDestination.load(ordering: .relaxed)
    do {
      return try await attempt(key, copy, record: record)
    } catch let error as AWSError where error.code == "NotImplemented" && copy.guardsDestination {
      // AWS's own answer to If-Match on a copy, before late 2025; or the server cannot copy this object at all.
      copy.guardsDestination = false
      let outcome = try await attempt(key, copy, record: record)
      guardsDestination.store(false, ordering: .relaxed)
      return outcome
    }
  }

  private func attempt(
    _ key: ObjectKey, _ copy: InPlaceCopy, record: (UploadEvent) async throws(FileError) -> Void
  ) async throws -> CopyOutcome {
    guard copy.head.size > maximumCopySize else { return try await client.copyObject(bucket: bucket, key: key, copy) }
    let partSize = try await partSize(of: key, copy.head)
    let uploadID = try await create(key, copy, record: record)
    do {
      try await record(.began(id: uploadID))
      let parts = try await copyParts(of: key, copy, uploadID: uploadID, partSize: partSize)
      let outcome = try await complete(key, uploadID: uploadID, parts: parts, copy)
      try await record(.ended(id: uploadID))
      return outcome
    } catch {
      // If this fails too, the journal has the upload, and the next run ends it.
      if (try? await abort(key, uploadID: uploadID)) != nil { try? await record(.ended(id: uploadID)) }
      throw error
    }
  }

  private func create(
    _ key: ObjectKey, _ copy: InPlaceCopy, record: (UploadEvent) async throws(FileError) -> Void
  ) async throws -> String {
    let others = try? await client.multipartUploads(bucket: bucket, key: key).map(\.id)
    let intent = UploadIntent(others: others, at: .now())
    try await record(.intended(others: others))
    do {
      return try await client.createMultipartCopy(bucket: bucket, key: key, copy)
    } catch {
      let isEnded =
        error.isOutcomeUnknown ? (try? await abortUploads(of: key, intent)) != nil && others != nil : true
      if isEnded { try await record(.ended(id: nil)) }
      throw error
    }
  }

  /// Ends the uploads of a key that were created without anybody learning their IDs. What somebody else uploads to it is
  /// left alone: uploads of other accounts, those that there were before, and those begun long after.
  package func abortUploads(of key: ObjectKey, _ intent: UploadIntent) async throws(AWSError) {
    guard let others = intent.others, let at = intent.at else { return }
    for upload in try await client.multipartUploads(bucket: bucket, key: key) where !others.contains(upload.id) {
      guard upload.owner == owner, let begun = upload.initiated, begun.seconds <= at.seconds + Self.longestDelay else {
        continue
      }
      try await abort(key, uploadID: upload.id)
    }
  }

  private func complete(
    _ key: ObjectKey, uploadID: String, parts: [CopiedPart], _ copy: InPlaceCopy
  ) async throws(AWSError) -> CopyOutcome {
    var attempt = 1
    var unknown: AWSError?
    while true {
      do {
        return try await client.completeMultipartCopy(bucket: bucket, key: key, uploadID: uploadID, parts: parts, copy)
      } catch {
        // What a later attempt meets may be what an earlier one did: the object tells.
        guard error.isOutcomeUnknown else { throw unknown ?? error }
        unknown = error
        guard await client.mayRepeat(after: error, attempt: attempt),
          (try? await client.hasMultipartUpload(uploadID, bucket: bucket, key: key)) == true
        else { throw error }
        attempt += 1
      }
    }
  }

  /// Ends an upload and frees its parts.
  package func abort(_ key: ObjectKey, uploadID: String) async throws(AWSError) {
    try await client.abortMultipartUpload(bucket: bucket, key: key, uploadID: uploadID)
  }

  private func copyParts(
    of key: ObjectKey, _ copy: InPlaceCopy, uploadID: String, partSize: Int
  ) async throws -> [CopiedPart] {
    let count = (copy.head.size + partSize - 1) / partSize
    return try await withThrowingTaskGroup(of: CopiedPart.self) { group in
      var parts: [CopiedPart] = []
      for number in 1...count {
        if number > Self.partsInFlight, let part = try await group.next() { parts.append(part) }
        let start = (number - 1) * partSize
        let range = start..<min(start + partSize, copy.head.size)
        group.addTask { try await self.copyPart(number, of: range, key, uploadID: uploadID, copy) }
      }
      for try await part in group { parts.append(part) }
      return parts
    }
  }

  private func copyPart(
    _ number: Int, of range: Range<Int>, _ key: ObjectKey, uploadID: String, _ copy: InPlaceCopy
  ) async throws(AWSError) -> CopiedPart {
    var attempt = 1
    while true {
      do {
        return try await client.copyPart(number, of: range, bucket: bucket, key: key, uploadID: uploadID, copy)
      } catch {
        guard error.isOutcomeUnknown, await client.mayRepeat(after: error, attempt: attempt) else { throw error }
        let part = try await client.copiedPart(
          number, size: range.count, bucket: bucket, key: key, uploadID: uploadID)
        if let part { return part }
        attempt += 1
      }
    }
  }

  /// The size of the parts: the one that the object came in where it can be had, so that its ETag stays.
  ///
  /// - Throws: `AWSError` where there is none: before anything is begun, for a part too many is refused after all others
  ///   have been copied.
  private func partSize(of key: ObjectKey, _ head: ObjectHead) async throws(AWSError) -> Int {
    let smallest = (head.size + Self.maximumParts - 1) / Self.maximumParts
    guard smallest <= AWSClient.maximumCopySize else {
      throw AWSError(
        kind: .transport(.other), operation: "CreateMultipartUpload", bucket: bucket, key: key,
        message: "its \(head.size) bytes do not fit into \(Self.maximumParts) parts of up to"
          + " \(AWSClient.maximumCopySize) bytes, which is all that S3 copies, so the copy was not begun")
    }
    // What the server is said to copy at once holds as long as the parts are not too many.
    let usual = max(min(maximumCopySize, Self.usualPartSize), smallest)
    guard head.etag.utf8.contains(UInt8(ascii: "-")) else { return usual }
    let part: ObjectHead
    do throws(AWSError) {
      part = try await client.headObject(bucket: bucket, key: key, part: 1)
    } catch {
      return usual
    }
    guard let count = part.partCount, part.size >= min(Self.minimumPartSize, maximumCopySize),
      part.size <= maximumCopySize, (head.size + part.size - 1) / part.size == count
    else { return usual }
    return part.size
  }
}
