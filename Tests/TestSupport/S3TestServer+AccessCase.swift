package import AWSKit

extension S3TestServer {
  private func account(_ caller: AccessCase.Caller) -> TestAccount? {
    caller == .anonymous ? nil : self[caller.rawValue]
  }

  private func grantee(_ caller: AccessCase.Caller?) -> Grantee {
    caller.flatMap(account).map { .canonicalUser($0.id) } ?? .allUsers
  }

  /// The canonical ID of a caller; nil for nobody.
  package func id(of caller: AccessCase.Caller) -> CanonicalID? { account(caller)?.id }

  /// Makes the bucket and the object of a case, and asks.
  package func answer(to row: AccessCase) async throws -> HTTPResponse {
    try await bucketAndAnswer(to: row).answer
  }

  /// The same with the bucket's name.
  package func bucketAndAnswer(to row: AccessCase) async throws -> (bucket: String, answer: HTTPResponse) {
    let bucket = try await makeBucket()
    let owner = account(row.owner)!
    try await owner.put(
      ObjectKey("key"), in: bucket,
      grants: (row.grantsOwner ? [Grant(.canonicalUser(owner.id), .fullControl)] : [])
        + row.grants.map { Grant(grantee($0.grantee), $0.permission) })
    try await site.deleteBucketPolicy(bucket)
    // Only after the upload: the rest decides about requests, not about what is there.
    try await site.putBucketACL(
      bucket: bucket,
      acl: AccessControlList(
        owner: site.id,
        grants: [Grant(.canonicalUser(site.id), .fullControl)]
          + row.bucketGrants.map { Grant(grantee($0.grantee), $0.permission) }))
    if let ownership = row.ownership { try await set("ownershipControls=", of: bucket, to: ownership.document) }
    if !row.policy.isEmpty { try await set("policy=", of: bucket, to: policy(row.policy, bucket: bucket)) }
    if !row.block.isEmpty { try await site.blockPublicAccess(row.block, of: bucket) }
    return (bucket, try await send(row, bucket: bucket))
  }

  private func set(_ subresource: String, of bucket: String, to document: String) async throws {
    let response = try await RawClient.send(
      .put, endpoint, path: "/\(bucket)", query: subresource, body: document, as: site.credentials, region: region)
    guard response.isSuccess else {
      throw AccessCaseFailure(description: "\(subresource) \(response.status) \(response.text)")
    }
  }

  private func policy(_ statements: [AccessCase.Statement], bucket: String) -> String {
    let list = statements.map { statement in
      let principal = statement.principal.flatMap(account).map { "{\"AWS\": [\"\($0.principal)\"]}" } ?? "\"*\""
      return """
        {"Effect": "\(statement.effect)", "Principal": \(principal),
         "Action": [\(statement.actions.map { "\"\($0)\"" }.joined(separator: ", "))],
         "Resource": ["arn:aws:s3:::\(bucket)", "arn:aws:s3:::\(bucket)/*"]}
        """
    }
    return "{\"Version\": \"2012-10-17\", \"Statement\": [\(list.joined(separator: ", "))]}"
  }

  private func send(_ row: AccessCase, bucket: String) async throws -> HTTPResponse {
    func send(
      _ method: HTTPMethod = .get, _ path: String = "/key", _ query: String = "",
      _ headers: [(name: String, value: String)] = [], _ body: String = ""
    ) async throws -> HTTPResponse {
      try await RawClient.send(
        method, endpoint, path: "/\(bucket)\(path)", query: query, headers: headers, body: body,
        as: account(row.caller)?.credentials, region: region)
    }
    let owner = account(row.owner)!.id
    switch row.request {
    case .getObject: return try await send()
    case .headObject: return try await send(.head)
    case .getACL: return try await send(.get, "/key", "acl=")
    case .putACL: return try await send(.put, "/key", "acl=", [], ACLDocument.text(owner: owner, publicRead: false))
    case .putPublicACL:
      return try await send(.put, "/key", "acl=", [], ACLDocument.text(owner: owner, publicRead: true))
    case .putACLOfAnotherOwner:
      return try await send(.put, "/key", "acl=", [], ACLDocument.text(owner: account(.other)!.id, publicRead: false))
    case .putObject: return try await send(.put, "/new", "", [], "new")
    case .putPublicObject: return try await send(.put, "/new", "", [("x-amz-acl", "public-read")], "new")
    case .copyOverItself:
      return try await send(
        .put, "/key", "", [("x-amz-copy-source", "\(bucket)/key"), ("x-amz-metadata-directive", "REPLACE")])
    case .deleteObject: return try await send(.delete)
    case .getTagging: return try await send(.get, "/key", "tagging=")
    case .listObjects: return try await send(.get, "", "list-type=2")
    case .getBucketACL: return try await send(.get, "", "acl=")
    }
  }
}

/// A setting that the server refused.
struct AccessCaseFailure: Error, CustomStringConvertible {
  let description: String
}

private enum ACLDocument {
  static func text(owner: CanonicalID, publicRead: Bool) -> String {
    let instance = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
    let everybody =
      "<Grant><Grantee \(instance) xsi:type=\"Group\"><URI>\(Grantee.allUsers.identifier)</URI></Grantee>"
      + "<Permission>READ</Permission></Grant>"
    return
      "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>\(owner.value)</ID></Owner>"
      + "<AccessControlList><Grant><Grantee \(instance) xsi:type=\"CanonicalUser\"><ID>\(owner.value)</ID></Grantee>"
      + "<Permission>FULL_CONTROL</Permission></Grant>\(publicRead ? everybody : "")</AccessControlList>"
      + "</AccessControlPolicy>"
  }
}

extension ObjectOwnership {
  fileprivate var document: String {
    "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>\(rawValue)"
      + "</ObjectOwnership></Rule></OwnershipControls>"
  }
}
