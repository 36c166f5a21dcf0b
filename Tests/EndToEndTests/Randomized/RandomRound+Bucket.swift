import Foundation
import AWSKit
import TestSupport

extension RandomRound {
  /// Makes the bucket, and uploads everything into it.
  func makeBucket(of objects: [RandomObject], on server: S3TestServer) async throws -> String {
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await server.site.createBucket(
      bucket, headers: hasObjectLock ? [("x-amz-bucket-object-lock-enabled", "true")] : [])
    try await server.letUpload(into: bucket)
    for phase in RandomUpload.Phase.allCases {
      switch (phase, versioning) {
      case (.versioned, "Enabled"), (.versioned, "Suspended"):
        try await server.site.setVersioning("Enabled", of: bucket)
      case (.suspended, "Suspended"): try await server.site.setVersioning("Suspended", of: bucket)
      default: break
      }
      try await inParallel(objects, window: 16) { object in
        for upload in object.uploads where upload.phase == phase { try await upload.put(object.key, in: bucket) }
        if phase == .versioned, object.isDeleted { try await server.site.delete(object.key, in: bucket) }
      }
    }
    if hasDefaultRetention { try await server.site.setDefaultRetention(days: 1, of: bucket) }
    return bucket
  }
}

extension RandomUpload {
  fileprivate func put(_ key: ObjectKey, in bucket: String) async throws {
    var headers = headers.map { (name: $0.key, value: $0.value) }
    if !tags.isEmpty { headers.append(("x-amz-tagging", tags)) }
    if isInParts {
      let parts = [Array(body.prefix(5 << 20)), Array(body.dropFirst(5 << 20))]
      try await account.put(key, in: bucket, parts: parts, grants: grants, headers: headers)
    } else {
      try await account.put(key, in: bucket, body: body, grants: grants, headers: headers)
    }
  }
}
