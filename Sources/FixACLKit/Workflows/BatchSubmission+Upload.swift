internal import AWSKit

extension BatchSubmission {
  /// Writes a manifest, in parts unless it is short.
  ///
  /// - Returns: its ETag.
  func upload(
    _ pieces: GroupedSpool.Pieces, length: Int, to place: BatchManifestLocation, with client: AWSClient
  ) async throws -> String {
    do {
      do {
        return try await attempt(pieces, length: length, to: place, with: client)
      } catch let error as AWSError where error.isOutcomeUnknown {
        // Whatever became of it, the same bytes take its place.
        return try await attempt(pieces, length: length, to: place, with: client)
      }
    } catch let error as AWSError {
      if error.isStopped { throw WorkflowError.interrupted }
      throw BatchProblem.manifest(error)
    } catch let error as FileError {
      throw BatchProblem.spool(error)
    }
  }

  private func attempt(
    _ pieces: GroupedSpool.Pieces, length: Int, to place: BatchManifestLocation, with client: AWSClient
  ) async throws -> String {
    let key = ObjectKey(place.key)
    var parts = BatchManifestParts(pieces, length: length)
    if length <= parts.partLength {
      return try await client.putObject(
        bucket: place.bucket, key: key, type: "text/csv", body: try parts.next() ?? [])
    }
    return try await hold.during {
      let uploadID = try await client.createUpload(bucket: place.bucket, key: key, type: "text/csv")
      do {
        var uploaded: [UploadedPart] = []
        while let part = try parts.next() {
          guard !stop.isSet else { throw WorkflowError.interrupted }
          uploaded.append(
            try await client.uploadPart(
              uploaded.count + 1, bucket: place.bucket, key: key, uploadID: uploadID, body: part))
        }
        return try await client.completeUpload(bucket: place.bucket, key: key, uploadID: uploadID, parts: uploaded)
      } catch {
        try? await client.abortMultipartUpload(bucket: place.bucket, key: key, uploadID: uploadID)
        throw error
      }
    }
  }
}
