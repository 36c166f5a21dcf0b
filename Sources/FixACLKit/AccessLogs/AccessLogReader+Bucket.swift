internal import AWSKit

/// Logs that are objects of a bucket.
extension AccessLogReader {
  /// Bytes of an object that are asked for at once.
  private static let objectPieceLength = 8 << 20
  /// The most objects that are read ahead. Logs of S3 are many and small, and each costs a round trip.
  private static let maximumAhead = 32
  /// The most bytes that are read ahead.
  private static let maximumBytesAhead = 64 << 20

  /// Reads all objects under a prefix.
  func readObjects(_ kind: LogKind, of bucket: String, prefix: String, client: AWSClient) async throws {
    let place = "s3://\(bucket)/\(prefix)"
    var after: ObjectKey?
    var count = 0
    while true {
      guard !stop.isSet else { throw LogFileReading.Interrupted() }
      let page: ObjectPage
      do throws(AWSError) {
        page = try await client.listObjects(
          bucket: bucket, prefix: prefix.isEmpty ? nil : ObjectKey(prefix), startAfter: after)
      } catch {
        guard !error.isStopped else { throw LogFileReading.Interrupted() }
        return note(.unreadable("\(error)"), at: place)
      }
      // Consoles make empty objects for folders.
      let logs = page.objects.filter { $0.size > 0 }
      count += logs.count
      try await read(kind, logs, of: bucket, client: client)
      guard page.isTruncated, let end = page.end else { break }
      after = end.key
    }
    if count == 0 { note(.empty, at: place) }
  }

  /// Reads objects in their order, some of them ahead.
  private func read(_ kind: LogKind, _ objects: [ListedObject], of bucket: String, client: AWSClient) async throws {
    try await withThrowingTaskGroup(of: (Int, Result<[UInt8], AWSError>).self) { group in
      var arrived: [Int: Result<[UInt8], AWSError>] = [:]
      var (next, bytesAhead) = (0, 0)
      for index in objects.indices {
        while arrived[index] == nil {
          while next < objects.count, next - index < Self.maximumAhead,
            next == index || bytesAhead < Self.maximumBytesAhead
          {
            let (number, object) = (next, objects[next])
            bytesAhead += Self.firstRange(of: object).count
            group.addTask { (number, await Self.bytes(Self.firstRange(of: object), of: object, bucket, client)) }
            next += 1
          }
          guard let (number, result) = try await group.next() else { return }
          arrived[number] = result
        }
        guard let first = arrived.removeValue(forKey: index) else { return }
        bytesAhead -= Self.firstRange(of: objects[index]).count
        try await read(kind, objects[index], of: bucket, beginning: first, client: client)
      }
    }
  }

  private static func firstRange(of object: ListedObject) -> Range<Int> { 0..<min(object.size, objectPieceLength) }

  private static func bytes(
    _ range: Range<Int>, of object: ListedObject, _ bucket: String, _ client: AWSClient
  ) async -> Result<[UInt8], AWSError> {
    do throws(AWSError) {
      return .success(
        try await client.objectBytes(
          bucket: bucket, key: object.key, range: range, etag: object.isIncomplete ? nil : object.etag))
    } catch {
      return .failure(error)
    }
  }

  /// Reads one object to its end.
  private func read(
    _ kind: LogKind, _ object: ListedObject, of bucket: String, beginning: Result<[UInt8], AWSError>, client: AWSClient
  ) async throws {
    let place = "s3://\(bucket)/\(object.key)"
    var reading = LogFileReading(kind, place: place, stop: stop)
    var (result, offset) = (beginning, 0)
    while true {
      switch result {
      case .success(let piece):
        try take(piece, &reading)
        offset += piece.count
      case .failure(let error):
        guard !error.isStopped else { throw LogFileReading.Interrupted() }
        note(.unreadable("\(error)"), at: place)
        // What came before counts.
        return abandon(&reading)
      }
      guard offset < object.size, !reading.isDone else { break }
      let range = offset..<min(object.size, offset + Self.objectPieceLength)
      result = await Self.bytes(range, of: object, bucket, client)
    }
    try finish(&reading)
  }
}
