internal import AWSKit

/// The tags of distributions.
extension CloudFrontService {
  func listTags(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let arn = try taggedARN(call)
    return .cloudFront("Tags") { writer in
      writer.element("Items") { writer in
        for tag in self.state.cloudFront.tags[arn] ?? [] {
          writer.element("Tag") {
            $0.element("Key", text: tag.key)
            $0.element("Value", text: tag.value)
          }
        }
      }
    }
  }

  func tag(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let arn = try taggedARN(call)
    let tags = try Self.tags(try call.document("Tags"))
    let keys = Set(tags.map(\.key))
    state.cloudFront.tags[arn, default: []].removeAll { keys.contains($0.key) }
    state.cloudFront.tags[arn, default: []] += tags
    return SandboxResponse(204)
  }

  func untag(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let arn = try taggedARN(call)
    let keys = Set(try call.document("TagKeys")["Items"]?.children.map(\.text) ?? [])
    state.cloudFront.tags[arn, default: []].removeAll { keys.contains($0.key) }
    return SandboxResponse(204)
  }

  static func tags(_ element: XMLNode) throws(ServiceError) -> [ObjectTag] {
    let tags = (element["Items"]?.children ?? []).map {
      ObjectTag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "")
    }
    guard tags.count <= 50, Set(tags.map(\.key)).count == tags.count, tags.allSatisfy({ !$0.key.isEmpty }) else {
      throw ServiceError(400, "InvalidTagging", "The tagging specified is not valid.")
    }
    return tags
  }

  private func taggedARN(_ call: CloudFrontCall) throws(ServiceError) -> String {
    let arn = call.request.text("Resource") ?? ""
    let isThere = state.cloudFront.distributions.values.contains {
      $0.arn == arn && $0.accountID == call.account.accountID
    }
    guard isThere else {
      throw ServiceError(404, "NoSuchResource", "The specified resource does not exist: \(arn)")
    }
    return arn
  }
}
