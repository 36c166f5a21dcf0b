internal import AWSKit

extension CloudFrontService {
  func createAccessControl(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let control = try control(state.newID(prefix: "E", length: 13), call)
    return .cloudFront(
      "OriginAccessControl", status: 201, etag: control.etag, location: location("origin-access-control/\(control.id)"),
      control.write)
  }

  func updateAccessControl(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let existing = try existingAccessControl(call)
    try call.checkIfMatch(existing.etag)
    let control = try control(existing.id, call)
    return .cloudFront("OriginAccessControl", etag: control.etag, control.write)
  }

  func deleteAccessControl(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let existing = try existingAccessControl(call)
    try call.checkIfMatch(existing.etag)
    guard !state.cloudFront.isInUse(.control(existing.id)) else {
      throw ServiceError(
        409, "OriginAccessControlInUse",
        "Cannot delete the origin access control because it's in use by one or more distributions.")
    }
    state.cloudFront.accessControls[existing.id] = nil
    return SandboxResponse(204)
  }

  /// Checks a configuration, and makes it that of the access control with an ID.
  private func control(_ id: String, _ call: CloudFrontCall) throws(ServiceError) -> OriginAccessControl {
    let config = try call.document("OriginAccessControlConfig")
    guard let name = config["Name"]?.text, !name.isEmpty else { throw .malformedXML }
    guard let behavior = config["SigningBehavior"].flatMap({ OriginAccessControl.SigningBehavior(rawValue: $0.text) }),
      config["SigningProtocol"]?.text == "sigv4", let type = config["OriginAccessControlOriginType"]?.text
    else { throw .malformedXML }
    guard type == "s3" else { throw .notImplemented("origin access controls of the type \(type)") }
    let isTaken = state.cloudFront.accessControls.values.contains {
      $0.accountID == call.account.accountID && $0.name == name && $0.id != id
    }
    guard !isTaken else {
      throw ServiceError(
        409, "OriginAccessControlAlreadyExists",
        "An origin access control with this name and originAccessControlOriginType already exists.")
    }
    let control = OriginAccessControl(
      id: id, name: name, description: config["Description"]?.text ?? "", signingBehavior: behavior,
      accountID: call.account.accountID, etag: state.newID(prefix: "E", length: 13))
    state.cloudFront.accessControls[id] = control
    return control
  }

  func getAccessControl(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let control = try existingAccessControl(call)
    return call.operation == .getAccessControl
      ? .cloudFront("OriginAccessControl", etag: control.etag, control.write)
      : .cloudFront("OriginAccessControlConfig", etag: control.etag, control.writeConfig)
  }

  func listAccessControls(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let controls = state.cloudFront.accessControls.values.filter { $0.accountID == call.account.accountID }
      .sorted { $0.id < $1.id }
    return try CloudFrontPage(of: controls, for: call.request).response("OriginAccessControlList") {
      $0.writeSummary(to: &$1)
    }
  }

  private func existingAccessControl(_ call: CloudFrontCall) throws(ServiceError) -> OriginAccessControl {
    guard let control = state.cloudFront.accessControls[call.ids[0]], control.accountID == call.account.accountID
    else {
      throw ServiceError(
        404, "NoSuchOriginAccessControl", "The specified origin access control does not exist.")
    }
    return control
  }
}
