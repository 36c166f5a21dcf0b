import FixACLKit
import AWSKit

extension FuzzTarget {
  /// What servers answer: each input is an answer, and every operation of the group is given it.
  static let answers = [
    operations("answer-acl") { client in
      let ofObject = await outcome { () throws(AWSError) in try await client.objectACL(bucket: "assets", key: key) }
      let ofBucket = await outcome { () throws(AWSError) in try await client.bucketACL(bucket: "assets") }
      for case .success(let acl) in [ofObject, ofBucket] { checkRoundTrip(acl) }
      _ = await outcome { () throws(AWSError) in
        try await client.putObjectACL(bucket: "assets", key: key, acl: sampleACL)
      }
    },
    operations("answer-listing") { client in
      let plain = await outcome { () throws(AWSError) in
        try await client.listObjects(bucket: "assets", prefix: nil, startAfter: nil)
      }
      checkListing(plain, after: nil)
      let after = ObjectKey("b")
      let later = await outcome { () throws(AWSError) in
        try await client.listObjects(bucket: "assets", prefix: nil, startAfter: after)
      }
      checkListing(later, after: ListingMarker(after))
      await checkCommonPrefixes(client, ofVersions: false)
    },
    operations("answer-versions") { client in
      let first = await outcome { () throws(AWSError) in
        try await client.listObjectVersions(bucket: "assets", prefix: nil, after: nil)
      }
      checkListing(first, after: nil)
      let marker = ListingMarker(ObjectKey("b"), versionID: "v1")
      let later = await outcome { () throws(AWSError) in
        try await client.listObjectVersions(bucket: "assets", prefix: nil, after: marker)
      }
      checkListing(later, after: marker)
      await checkCommonPrefixes(client, ofVersions: true)
    },
    operations("answer-bucket") { client in
      _ = await outcome { () throws(AWSError) in try await client.bucketLocation(bucket: "assets") }
      _ = await outcome { () throws(AWSError) in try await client.bucketVersioning(bucket: "assets") }
      _ = await outcome { () throws(AWSError) in try await client.publicAccessBlock(bucket: "assets") }
      _ = await outcome { () throws(AWSError) in try await client.ownershipControls(bucket: "assets") }
      _ = await outcome { () throws(AWSError) in try await client.defaultEncryption(bucket: "assets") }
      _ = await outcome { () throws(AWSError) in try await client.objectLockConfiguration(bucket: "assets") }
      _ = await outcome { () throws(AWSError) in try await client.bucketPolicy(bucket: "assets") }
    },
    operations("answer-object") { client in
      _ = await outcome { () throws(AWSError) in try await client.objectTags(bucket: "assets", key: key) }
      _ = await outcome { () throws(AWSError) in try await client.objectRetention(bucket: "assets", key: key) }
      _ = await outcome { () throws(AWSError) in try await client.hasLegalHold(bucket: "assets", key: key) }
      _ = await outcome { () throws(AWSError) in
        try await client.deleteObjectVersion(bucket: "assets", key: key, versionID: "v1")
      }
      guard
        case .success(let head) = await outcome({ () throws(AWSError) in
          try await client.headObject(bucket: "assets", key: key)
        })
      else { return }
      // What a server said of an object goes into the next request's headers.
      let copy = InPlaceCopy(head: head, acl: sampleACL, encryption: nil, lock: nil)
      _ = await outcome { () throws(AWSError) in try await client.copyObject(bucket: "assets", key: key, copy) }
      _ = await outcome { () throws(AWSError) in try await client.createMultipartCopy(bucket: "assets", key: key, copy)
      }
    },
    operations("answer-copy") { client in
      _ = await outcome { () throws(AWSError) in
        try await client.hasAnnotations(bucket: "assets", key: key, sampleCopy.head)
      }
      _ = await outcome { () throws(AWSError) in try await client.copyObject(bucket: "assets", key: key, sampleCopy) }
      _ = await outcome { () throws(AWSError) in
        try await client.createMultipartCopy(bucket: "assets", key: key, sampleCopy)
      }
      let part = await outcome { () throws(AWSError) in
        try await client.copyPart(1, of: 0..<10, bucket: "assets", key: key, uploadID: "u", sampleCopy)
      }
      guard case .success(let part) = part else { return }
      _ = await outcome { () throws(AWSError) in
        try await client.completeMultipartCopy(bucket: "assets", key: key, uploadID: "u", parts: [part], sampleCopy)
      }
    },
    operations("answer-complete") { client in
      _ = await outcome { () throws(AWSError) in
        try await client.completeMultipartCopy(bucket: "assets", key: key, uploadID: "u", parts: [], sampleCopy)
      }
      _ = await outcome { () throws(AWSError) in
        try await client.abortMultipartUpload(bucket: "assets", key: key, uploadID: "u")
      }
    },
    operations("answer-jobs") { client in
      let account = AccountID("111122223333")!
      let place = BatchManifestLocation(bucket: "jobs", key: "m.csv", etag: "e", hasVersions: true)
      let copy = BatchCopy(bucket: "assets", acl: sampleACL, attributes: BatchCopy.Attributes(storageClass: "STANDARD"))
      for operation in [BatchOperation.putACL(sampleACL), .copy(copy)] {
        let job = BatchJobRequest(
          token: "t", description: "d", roleARN: "arn", operation: operation, manifest: place, reportBucket: "jobs",
          reportPrefix: "r")
        let id = await outcome { () throws(AWSError) in try await client.createJob(job, in: account) }
        if case .success(let id) = id { require(BatchJob.isID(id), "an ID can be a part of a path") }
      }
      let job = await outcome { () throws(AWSError) in try await client.describeJob("id", in: account) }
      if case .success(let job) = job {
        require(job.tasks >= 0 && job.succeeded >= 0 && job.failed >= 0, "counts are not negative")
      }
      _ = await outcome { () throws(AWSError) in try await client.confirmJob("id", in: account) }
      _ = await outcome { () throws(AWSError) in
        try await client.putObject(bucket: "jobs", key: key, type: "text/csv", body: [1])
      }
      _ = await outcome { () throws(AWSError) in
        try await client.createUpload(bucket: "jobs", key: key, type: "text/csv")
      }
      let part = await outcome { () throws(AWSError) in
        try await client.uploadPart(1, bucket: "jobs", key: key, uploadID: "u", body: [1])
      }
      guard case .success(let part) = part else { return }
      _ = await outcome { () throws(AWSError) in
        try await client.completeUpload(bucket: "jobs", key: key, uploadID: "u", parts: [part])
      }
    },
    operations("answer-services") { client in
      _ = await outcome { () throws(AWSError) in try await client.callerCanonicalID() }
      _ = await outcome { () throws(AWSError) in try await client.canonicalID(ofOriginAccessIdentity: "E1") }
      _ = await outcome { () throws(AWSError) in try await client.origins(ofDistribution: "E1") }
      _ = await outcome { () throws(AWSError) in
        try await client.createInvalidation(of: "E1", paths: ["/a&b"], reference: "r")
      }
      _ = await outcome { () throws(AWSError) in try await client.invalidation("I1", of: "E1") }
      _ = await outcome { () throws(AWSError) in try await client.callerIdentity() }
      _ = await outcome { () throws(AWSError) in try await client.distribution("E1") }
      _ = await outcome { () throws(AWSError) in try await client.distributions { $0.answers(host: "www.example.com") }
      }
      _ = await outcome { () throws(AWSError) in try await client.signingBehavior(ofOriginAccessControl: "E1") }
      _ = await outcome { () throws(AWSError) in try await client.forwardedHeaders(ofCachePolicy: "p") }
      _ = await outcome { () throws(AWSError) in try await client.organizationPublicAccessBlock() }
      _ = await outcome { () throws(AWSError) in try await client.kmsKey("k") }
      _ = await outcome { () throws(AWSError) in try await client.simulate("s3:GetObject", on: "*", as: "arn") }
      _ = await outcome { () throws(AWSError) in try await client.policyIsPublic(bucket: "assets") }
      _ = await outcome { () throws(AWSError) in try await client.accountPublicAccessBlock(AccountID("111122223333")!) }
    },
  ]

  private static func operations(
    _ name: String, _ body: @escaping @Sendable (AWSClient) async -> Void
  ) -> FuzzTarget {
    FuzzTarget(name) { bytes in
      let answer = FuzzAnswer.parse(bytes)
      let client = FuzzTransport { _ in answer }.client()
      InlineExecutor.run { await body(client) }
    }
  }

  private static let key = ObjectKey("index.html")

  private static let sampleACL = AccessControlList(
    owner: CanonicalID("5173"), grants: [Grant(.canonicalUser(CanonicalID("5173")), .fullControl)])

  private static let sampleCopy = InPlaceCopy(head: sampleHead, acl: sampleACL, encryption: nil, lock: nil)

  private static let sampleHead: ObjectHead = {
    let fields = [
      ("ETag", "\"e1\""), ("Content-Length", "10"), ("Last-Modified", "Mon, 23 Nov 2026 10:15:00 GMT"),
    ]
    let answer = HTTPResponse(status: 200, headers: HTTPHeaders(fields))
    let client = FuzzTransport { _ in answer }.client()
    let result = InlineExecutor.run {
      await outcome { () throws(AWSError) in try await client.headObject(bucket: "assets", key: key) }
    }
    guard case .success(let head) = result else { fatalError("the harness can make a head") }
    return head
  }()

  /// What an operation comes to. An error tells nobody a secret.
  private static func outcome<Output: Sendable>(
    _ operation: @Sendable () async throws(AWSError) -> Output
  ) async -> Result<Output, AWSError> {
    do throws(AWSError) {
      return .success(try await operation())
    } catch {
      require(!"\(error)".contains("a-secret-that-nobody-is-told"), "an error tells no secret")
      return .failure(error)
    }
  }

  /// An ACL that is written is read as the same.
  private static func checkRoundTrip(_ acl: AccessControlList) {
    let again = try? AccessControlList(parsing: acl.xml)
    require(again == acl, "an ACL that is written is read as the same: \(acl)")
  }

  /// A page is in order, behind the one before, and its keys are UTF-8.
  private static func checkCommonPrefixes(_ client: AWSClient, ofVersions: Bool) async {
    let prefix = ObjectKey("p/")
    let found = await outcome { () throws(AWSError) in
      try await client.listCommonPrefixes(
        bucket: "assets", prefix: prefix, delimiter: UInt8(ascii: "/"), after: ObjectKey("p/a"), ofVersions: ofVersions)
    }
    guard case .success(let found) = found else { return }
    require(found.places.count <= 1000, "no more than were asked for")
    require(found.places.allSatisfy { $0.isValidUTF8 && $0.hasPrefix(prefix) }, "places have the prefix")
    require(zip(found.places, found.places.dropFirst()).allSatisfy { $0 <= $1 }, "places are in order")
  }

  private static func checkListing(_ page: Result<ObjectPage, AWSError>, after marker: ListingMarker?) {
    guard case .success(let page) = page else { return }
    var previous = marker
    for object in page.objects {
      require(object.key.isValidUTF8, "keys are UTF-8")
      require(object.size >= 0, "sizes are not negative")
      if let previous {
        let isNext =
          previous.key < object.key
          || previous.key == object.key && object.version != nil && object.version?.id != previous.versionID
        require(isNext, "keys are in order")
      }
      previous = ListingMarker(object.key, versionID: object.version?.id)
    }
  }
}
