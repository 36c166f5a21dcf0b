package import AWSKit

/// An account of the test server, with the operations that only tests need.
package struct TestAccount: Sendable {
  package let name: String
  package let id: CanonicalID
  /// Nil where the server knows accounts by their canonical IDs only.
  package let accountID: String?
  package let credentials: Credentials
  package let client: AWSClient

  package func createBucket(
    _ bucket: String, headers: [(name: String, value: String)] = []
  ) async throws {
    try await run("CreateBucket", .put, bucket: bucket, headers: headers)
  }

  /// Deletes a bucket and what is in it.
  package func deleteBucket(_ bucket: String) async throws {
    _ = try await inParallel(try await list(bucket)) { try await delete($0.key, in: bucket) }
    try await run("DeleteBucket", .delete, bucket: bucket)
  }

  /// What a bucket policy calls this account. RadosGW has users, whose names are their canonical IDs.
  package var principal: String {
    accountID.map { "arn:aws:iam::\($0):root" } ?? "arn:aws:iam:::user/\(id.value)"
  }

  /// Sets the bucket policy to one statement that denies an account an action on every object.
  package func deny(
    _ account: TestAccount, _ action: String, of bucket: String, prefix: String = ""
  ) async throws {
    try await run(
      "PutBucketPolicy", .put, bucket: bucket, query: [("policy", "")],
      body: Array(
        """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "\(action)",
          "Principal": {"AWS": ["\(account.principal)"]},
          "Resource": ["arn:aws:s3:::\(bucket)/\(prefix)*"]}]}
        """.utf8))
  }

  /// Sets the bucket policy to one statement that lets accounts upload objects, with ACLs and tags.
  package func allowUploads(by accounts: [TestAccount], into bucket: String) async throws {
    try await run(
      "PutBucketPolicy", .put, bucket: bucket, query: [("policy", "")],
      body: Array(
        """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
          "Action": ["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"],
          "Principal": {"AWS": [\(accounts.map { "\"\($0.principal)\"" }.joined(separator: ", "))]},
          "Resource": ["arn:aws:s3:::\(bucket)/*"]}]}
        """.utf8))
  }

  package func deleteBucketPolicy(_ bucket: String) async throws {
    try await run("DeleteBucketPolicy", .delete, bucket: bucket, query: [("policy", "")])
  }

  package func putBucketACL(bucket: String, acl: AccessControlList) async throws {
    try await run("PutBucketAcl", .put, bucket: bucket, query: [("acl", "")], body: Self.xml(acl))
  }

  /// Uploads an object with an ACL of these grants, and nobody else's, where there are any.
  package func put(
    _ key: ObjectKey, in bucket: String, body: [UInt8] = Array("content".utf8),
    headers: [(name: String, value: String)] = []
  ) async throws {
    // The client sends no MD5 of nothing, which Object Lock demands too.
    let digest: [(name: String, value: String)] = body.isEmpty ? [("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")] : []
    try await run("PutObject", .put, bucket: bucket, key: key, headers: headers + digest, body: body)
  }

  /// Uploads an object with exactly these grants: none for its owner, if there is none among them.
  package func put(
    _ key: ObjectKey, in bucket: String, body: [UInt8] = Array("content".utf8), grants: some Sequence<Grant>,
    headers: [(name: String, value: String)] = []
  ) async throws {
    try await put(key, in: bucket, body: body, headers: headers + Self.headers(for: Set(grants)))
  }

  /// Uploads an object in parts (all but the last of at least 5 MiB), which gives it an ETag of another kind.
  package func put(
    _ key: ObjectKey, in bucket: String, parts: [[UInt8]], grants: some Sequence<Grant>,
    headers: [(name: String, value: String)] = []
  ) async throws {
    let uploadID = try await client.run(
      AWSOperation(
        "CreateMultipartUpload", .post, bucket: bucket, key: key, query: [("uploads", "")],
        headers: headers + Self.headers(for: Set(grants))
      ) { response throws(XMLError) in
        try XMLElement(parsing: response.body, root: "InitiateMultipartUploadResult")["UploadId"]?.text ?? ""
      })
    var completion = "<CompleteMultipartUpload>"
    for (index, part) in parts.enumerated() {
      let etag = try await client.run(
        AWSOperation(
          "UploadPart", .put, bucket: bucket, key: key,
          query: [("partNumber", "\(index + 1)"), ("uploadId", uploadID)], body: part
        ) { $0.headers["etag"] ?? "" })
      completion += "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(etag)</ETag></Part>"
    }
    completion += "</CompleteMultipartUpload>"
    try await run(
      "CompleteMultipartUpload", .post, bucket: bucket, key: key, query: [("uploadId", uploadID)],
      body: Array(completion.utf8))
  }

  package func tags(of key: ObjectKey, in bucket: String) async throws -> Set<ObjectTag> {
    Set(try await client.objectTags(bucket: bucket, key: key))
  }

  package func get(_ key: ObjectKey, in bucket: String) async throws -> HTTPResponse {
    try await client.run(AWSOperation("GetObject", bucket: bucket, key: key) { $0 }.takingLongAnswers)
  }

  /// The status of an attempt to read an object: 200, 403, 404.
  package func statusOfGet(_ key: ObjectKey, in bucket: String) async throws -> Int {
    do throws(AWSError) {
      return try await client.run(AWSOperation("GetObject", bucket: bucket, key: key) { $0.status }.takingLongAnswers)
    } catch {
      guard let status = error.status else { throw error }
      return status
    }
  }

  package func delete(_ key: ObjectKey, in bucket: String) async throws {
    try await run("DeleteObject", .delete, bucket: bucket, key: key)
  }

  package func head(_ key: ObjectKey, in bucket: String) async throws -> ObjectHead {
    try await client.headObject(bucket: bucket, key: key)
  }

  package func acl(of key: ObjectKey, in bucket: String) async throws -> AccessControlList {
    try await client.objectACL(bucket: bucket, key: key)
  }

  package func putACL(_ acl: AccessControlList, of key: ObjectKey, in bucket: String) async throws {
    try await client.putObjectACL(bucket: bucket, key: key, acl: acl)
  }

  package func setVersioning(_ status: String, of bucket: String) async throws {
    try await run(
      "PutBucketVersioning", .put, bucket: bucket, query: [("versioning", "")],
      body: Array(
        "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>\(status)</Status>"
          .utf8) + Array("</VersioningConfiguration>".utf8))
  }

  /// Has what is uploaded from now on locked for some days (GOVERNANCE), in a bucket with Object Lock.
  package func setDefaultRetention(days: Int, of bucket: String) async throws {
    try await run(
      "PutObjectLockConfiguration", .put, bucket: bucket, query: [("object-lock", "")],
      body: Array(
        ("<ObjectLockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
          + "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode>"
          + "<Days>\(days)</Days></DefaultRetention></Rule></ObjectLockConfiguration>").utf8))
  }

  /// Has other accounts than the bucket owner's pay for their requests.
  package func setRequesterPays(_ bucket: String) async throws {
    try await run(
      "PutBucketRequestPayment", .put, bucket: bucket, query: [("requestPayment", "")],
      body: Array(
        "<RequestPaymentConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Payer>Requester</Payer>"
          .utf8) + Array("</RequestPaymentConfiguration>".utf8))
  }

  /// Sets Object Ownership.
  package func setOwnership(_ ownership: ObjectOwnership, of bucket: String) async throws {
    try await run(
      "PutBucketOwnershipControls", .put, bucket: bucket, query: [("ownershipControls", "")],
      body: Array(
        ("<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>"
          + "\(ownership.rawValue)</ObjectOwnership></Rule></OwnershipControls>").utf8))
  }

  /// Sets the bucket policy to these statements, as JSON, in which `@` stands for the bucket's ARN.
  package func putPolicy(_ statements: [String], of bucket: String) async throws {
    let text = #"{"Version": "2012-10-17", "Statement": [\#(statements.joined(separator: ", "))]}"#
    try await run(
      "PutBucketPolicy", .put, bucket: bucket, query: [("policy", "")],
      body: Array(text.replacing("@", with: "arn:aws:s3:::\(bucket)").utf8))
  }

  /// Switches flags of Block Public Access on: `BlockPublicAcls`, `IgnorePublicAcls`.
  package func blockPublicAccess(_ flags: [String], of bucket: String) async throws {
    let settings = flags.map { "<\($0)>true</\($0)>" }.joined()
    try await run(
      "PutPublicAccessBlock", .put, bucket: bucket, query: [("publicAccessBlock", "")],
      body: Array(
        ("<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(settings)"
          + "</PublicAccessBlockConfiguration>").utf8))
  }

  /// Every object of the bucket as its listing shows it.
  package func list(_ bucket: String) async throws -> [ListedObject] {
    var objects: [ListedObject] = []
    while true {
      let page = try await client.listObjects(bucket: bucket, prefix: nil, startAfter: objects.last?.key)
      objects += page.objects
      guard page.isTruncated else { return objects }
    }
  }

  private func run(
    _ name: String, _ method: HTTPMethod, bucket: String, key: ObjectKey? = nil,
    query: [(name: String, value: String)] = [], headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) async throws {
    try await client.run(
      AWSOperation<Void>(
        name, method, bucket: bucket, key: key, query: query, headers: headers, body: body,
        parse: { _ in }))
  }

  /// The headers of an upload that give the object these grants.
  private static func headers(for grants: Set<Grant>) -> [(name: String, value: String)] {
    Dictionary(grouping: grants, by: \.permission).map { permission, grants in
      let grantees = grants.map { grant in
        switch grant.grantee {
        case .canonicalUser(let id): "id=\"\(id.value)\""
        case .group(let uri): "uri=\"\(uri)\""
        }
      }
      let name = permission.rawValue.lowercased().replacing("_", with: "-")
      return ("x-amz-grant-" + name, grantees.joined(separator: ", "))
    }
  }

  /// Its own way to write an ACL, so that a mistake in fixacl's does not hide itself.
  private static func xml(_ acl: AccessControlList) -> [UInt8] {
    let grants = acl.grants.map { grant in
      let grantee =
        switch grant.grantee {
        case .canonicalUser(let id):
          "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">"
            + "<ID>\(id.value)</ID></Grantee>"
        case .group(let uri):
          "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">"
            + "<URI>\(uri)</URI></Grantee>"
        }
      return "<Grant>\(grantee)<Permission>\(grant.permission.rawValue)</Permission></Grant>"
    }.joined()
    return Array(
      ("<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>\(acl.owner.value)</ID>"
        + "</Owner><AccessControlList>\(grants)</AccessControlList></AccessControlPolicy>").utf8)
  }
}
