internal import AWSKit

extension CloudFrontService {
  func createDistribution(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let config = try call.document("DistributionConfig")
    guard let reference = config["CallerReference"]?.text, config["Comment"] != nil, config["Enabled"] != nil,
      let behavior = config["DefaultCacheBehavior"], let origins = config["Origins"]?["Items"]?.children,
      !origins.isEmpty
    else { throw .malformedXML }
    guard config.hasConsistentQuantities else { throw .inconsistentQuantities }
    let existing = state.cloudFront.distributions.values.first {
      $0.accountID == call.account.accountID && $0.callerReference == reference
    }
    if let existing {
      throw ServiceError(
        409, "DistributionAlreadyExists",
        "The caller reference that you are using to create a distribution is associated with another distribution. "
          + "Already exists: \(existing.id)")
    }
    var distribution = Distribution(
      id: state.newID(prefix: "E", length: 13), accountID: call.account.accountID,
      etag: state.newID(prefix: "E", length: 13), lastModified: call.now, config: config)
    for origin in origins { distribution.origins.append(try self.origin(origin, of: call.account)) }
    let targets = [behavior] + (config["CacheBehaviors"]?["Items"]?.children ?? [])
    let groups = config["OriginGroups"]?["Items"]?.children.compactMap { $0["Id"]?.text } ?? []
    let known = distribution.origins.map(\.id) + groups
    guard targets.allSatisfy({ known.contains($0["TargetOriginId"]?.text ?? "") }) else {
      throw ServiceError(404, "NoSuchOrigin", "One or more of your origins or origin groups do not exist.")
    }
    state.cloudFront.distributions[distribution.id] = distribution
    return .cloudFront(
      "Distribution", status: 201, etag: distribution.etag, location: location("distribution/\(distribution.id)"),
      distribution.write)
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
    let origin = Distribution.Origin(
      id: id, domainName: domainName, path: path,
      access: try access(
        identity: s3?["OriginAccessIdentity"]?.text ?? "", control: element["OriginAccessControlId"]?.text ?? "",
        of: account))
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
