package import AWSKit
internal import Synchronization

/// The first page of a scan's listing, asked for while the bucket's settings are: one round trip less.
///
/// The scan may do without it, if there is nothing to list, or if it begins elsewhere. Any thread may use it.
package final class FirstPage: Sendable {
  private let bucket: String
  private let filter: KeyFilter
  private let allVersions: Bool
  private let client: AWSClient
  private let task = Mutex<Task<Result<ObjectPage, AWSError>, Never>?>(nil)

  package init(of bucket: String, filter: KeyFilter, allVersions: Bool, client: AWSClient) {
    (self.bucket, self.filter, self.allVersions, self.client) = (bucket, filter, allVersions, client)
  }

  deinit { task.withLock { $0?.cancel() } }

  /// Asks for it, once.
  package func begin() {
    task.withLock { task in
      task =
        task
        ?? Task { [client, bucket, filter, allVersions] in
          await Result.settled { () throws(AWSError) in
            try await client.page(
              of: bucket, filter: filter, after: nil, limit: KeySpaceSplitter.usualPageSize, allVersions: allVersions)
          }
        }
    }
  }

  /// The page, which is let go; nil if it was not asked for.
  func take() async throws(AWSError) -> ObjectPage? {
    let task = task.withLock { task in
      defer { task = nil }
      return task
    }
    return try await task?.value.get()
  }
}

extension AWSClient {
  /// A page of a scan's listing.
  func page(
    of bucket: String, filter: KeyFilter, after marker: ListingMarker?, limit: Int, allVersions: Bool
  ) async throws(AWSError) -> ObjectPage {
    let prefix = filter.prefix.map { ObjectKey($0) }
    return allVersions
      ? try await listObjectVersions(bucket: bucket, prefix: prefix, after: marker, limit: limit)
      : try await listObjects(bucket: bucket, prefix: prefix, startAfter: marker?.key, limit: limit)
  }
}
