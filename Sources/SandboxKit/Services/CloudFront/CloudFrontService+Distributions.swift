internal import AWSKit

extension CloudFrontService {
  func createDistribution(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    try create(try config(call), tags: [], call)
  }

  func createDistributionWithTags(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let document = try call.document("DistributionConfigWithTags")
    guard let config = document["DistributionConfig"], let tags = document["Tags"] else { throw .malformedXML }
    return try create(try checked(config), tags: try Self.tags(tags), call)
  }

  private func create(
    _ config: XMLNode, tags: [ObjectTag], _ call: CloudFrontCall
  ) throws(ServiceError) -> SandboxResponse {
    let existing = state.cloudFront.distributions.values.first {
      $0.accountID == call.account.accountID && $0.callerReference == config["CallerReference"]?.text
    }
    if let existing {
      throw ServiceError(
        409, "DistributionAlreadyExists",
        "The caller reference that you are using to create a distribution is associated with another distribution. "
          + "Already exists: \(existing.id)")
    }
    let distribution = try distribution(state.newID(prefix: "E", length: 13), config, call)
    if !tags.isEmpty { state.cloudFront.tags[distribution.arn] = tags }
    return .cloudFront(
      "Distribution", status: 201, etag: distribution.etag, location: location("distribution/\(distribution.id)"),
      distribution.write)
  }

  /// Takes a new configuration, whole.
  func updateDistribution(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let existing = try existingDistribution(call)
    try call.checkIfMatch(existing.etag)
    let config = try self.config(call)
    guard config["CallerReference"]?.text == existing.callerReference else {
      throw .illegalUpdate
    }
    let distribution = try distribution(existing.id, config, call)
    return .cloudFront("Distribution", etag: distribution.etag, distribution.write)
  }

  func deleteDistribution(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let existing = try existingDistribution(call)
    try call.checkIfMatch(existing.etag)
    guard !existing.isEnabled else {
      throw ServiceError(
        409, "DistributionNotDisabled",
        "The distribution you are trying to delete has not been disabled.")
    }
    state.cloudFront.distributions[existing.id] = nil
    state.cloudFront.tags[existing.arn] = nil
    return SandboxResponse(204)
  }

  private func config(_ call: CloudFrontCall) throws(ServiceError) -> XMLNode {
    try checked(try call.document("DistributionConfig"))
  }

  private func checked(_ config: XMLNode) throws(ServiceError) -> XMLNode {
    guard config["CallerReference"] != nil, config["Comment"] != nil, config["Enabled"] != nil,
      config["DefaultCacheBehavior"] != nil, config["Origins"]?["Items"]?.children.isEmpty == false
    else { throw .malformedXML }
    guard config.hasConsistentQuantities else { throw .inconsistentQuantities }
    return config
  }

  /// Checks a configuration, and makes it that of the distribution with an ID.
  private func distribution(
    _ id: String, _ config: XMLNode, _ call: CloudFrontCall
  ) throws(ServiceError) -> Distribution {
    var distribution = Distribution(
      id: id, accountID: call.account.accountID, etag: state.newID(prefix: "E", length: 13), lastModified: call.now,
      config: config)
    for origin in distribution["Origins"]?["Items"]?.children ?? [] {
      distribution.origins.append(try self.origin(origin, of: call.account))
    }
    let groups = config["OriginGroups"]?["Items"]?.children.compactMap { $0["Id"]?.text } ?? []
    let known = distribution.origins.map(\.id) + groups
    guard distribution.behaviors.allSatisfy({ known.contains($0["TargetOriginId"]?.text ?? "") }) else {
      throw ServiceError(404, "NoSuchOrigin", "One or more of your origins or origin groups do not exist.")
    }
    for behavior in distribution.behaviors.map(Distribution.Behavior.init) {
      for (id, kind) in [
        (behavior.cachePolicyID, "CachePolicy"), (behavior.originRequestPolicyID, "OriginRequestPolicy"),
      ] {
        guard let id, state.cloudFront.requestPolicies[id]?.kind.rawValue != kind else { continue }
        throw ServiceError(404, "NoSuch\(kind)", "The specified policy does not exist: \(id)")
      }
    }
    let others = state.cloudFront.distributions.values.filter { $0.id != id }
    let taken = Set(others.flatMap(\.aliases).map { $0.lowercased() })
    guard !distribution.aliases.contains(where: { taken.contains($0.lowercased()) }) else {
      throw ServiceError(
        409, "CNAMEAlreadyExists",
        "One or more of the CNAMEs you provided are already associated with a different resource.")
    }
    state.cloudFront.distributions[id] = distribution
    return distribution
  }

  private func origin(
    _ element: XMLNode, of account: SandboxAccount
  ) throws(ServiceError) -> Distribution.Origin {
    guard let id = element["Id"]?.text, !id.isEmpty, let domainName = element["DomainName"]?.text else {
      throw .malformedXML
    }
    let s3 = element["S3OriginConfig"]
    guard s3 != nil || element["CustomOriginConfig"] != nil || element["VpcOriginConfig"] != nil else {
      throw ServiceError(400, "InvalidOrigin", "The specified origin server does not exist or is not valid.")
    }
    let path = element["OriginPath"]?.text ?? ""
    guard path.isEmpty || path.hasPrefix("/") && !path.hasSuffix("/") else {
      throw .invalidArgument("The parameter OriginPath must begin with a '/' and must not end with one.")
    }
    var origin = Distribution.Origin(
      id: id, domainName: domainName, path: path,
      access: try access(
        identity: s3?["OriginAccessIdentity"]?.text ?? "", control: element["OriginAccessControlId"]?.text ?? "",
        of: account))
    origin.customHeaders = (element["CustomHeaders"]?["Items"]?.children ?? []).map {
      ($0["HeaderName"]?.text ?? "", $0["HeaderValue"]?.text ?? "")
    }
    guard origin.bucketName != nil || s3 == nil else {
      throw .invalidArgument("The parameter Origin DomainName does not refer to a valid S3 bucket.")
    }
    if case .control = origin.access, origin.bucketName == nil {
      throw ServiceError(
        400, "InvalidDomainNameForOriginAccessControl",
        "An origin access control is associated with an origin whose domain name is not supported.")
    }
    return origin
  }

  /// - Parameters:
  ///   - identity: `origin-access-identity/cloudfront/ID`; empty for none.
  ///   - control: an ID; empty for none.
  private func access(
    identity: String, control: String, of account: SandboxAccount
  ) throws(ServiceError) -> Distribution.Origin.Access {
    guard identity.isEmpty || control.isEmpty else {
      throw ServiceError(
        400, "IllegalOriginAccessConfiguration",
        "An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI).")
    }
    if !control.isEmpty {
      guard state.cloudFront.accessControls[control]?.accountID == account.accountID else {
        throw ServiceError(400, "InvalidOriginAccessControl", "The origin access control is not valid.")
      }
      return .control(control)
    }
    guard !identity.isEmpty else { return .anonymous }
    let prefix = "origin-access-identity/cloudfront/"
    let id = String(identity.dropFirst(prefix.count))
    guard identity.hasPrefix(prefix), state.cloudFront.identities[id]?.accountID == account.accountID else {
      throw ServiceError(
        400, "InvalidOriginAccessIdentity", "The specified origin access identity does not exist or is not valid.")
    }
    return .identity(id)
  }

  func getDistribution(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let distribution = try existingDistribution(call)
    return call.operation == .getDistribution
      ? .cloudFront("Distribution", etag: distribution.etag, distribution.write)
      : .cloudFront("DistributionConfig", etag: distribution.etag, distribution.writeConfig)
  }

  func listDistributions(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let distributions = state.cloudFront.distributions.values.filter { $0.accountID == call.account.accountID }
      .sorted { $0.id < $1.id }
    return try CloudFrontPage(of: distributions, for: call.request).response("DistributionList") {
      $0.writeSummary(to: &$1)
    }
  }

  func existingDistribution(_ call: CloudFrontCall) throws(ServiceError) -> Distribution {
    guard let distribution = state.cloudFront.distributions[call.ids[0]],
      distribution.accountID == call.account.accountID
    else { throw ServiceError(404, "NoSuchDistribution", "The specified distribution does not exist.") }
    return distribution
  }
}
