extension AWSClient {
  /// What one asks to become.
  struct RoleRequest: Sendable {
    let roleARN: String
    let sessionName: String
    var externalID: String?
    /// How long the session shall last; STS's default is an hour.
    var durationSeconds: Int?
    /// The serial number or ARN of an MFA device, and the code that it shows.
    var mfa: (serial: String, code: String)?
  }

  /// STS's AssumeRole. Needs `sts:AssumeRole`, and a role that trusts the caller. The client must be STS's.
  func assumeRole(_ role: RoleRequest) async throws(AWSError) -> Credentials {
    var form = QueryForm(action: "AssumeRole", version: stsVersion)
    form.add("RoleArn", role.roleARN)
    form.add("RoleSessionName", role.sessionName)
    form.add("ExternalId", role.externalID)
    form.add("DurationSeconds", role.durationSeconds.map(String.init))
    form.add("SerialNumber", role.mfa?.serial)
    form.add("TokenCode", role.mfa?.code)
    return try await run(.stsSession("AssumeRole", form, secrets: role.mfa.map { [$0.code] } ?? []))
  }

  /// STS's AssumeRoleWithWebIdentity, which nobody signs. The client must be STS's.
  ///
  /// - Parameter token: an OpenID Connect token of an identity provider that the role trusts.
  func assumeRole(_ role: RoleRequest, webIdentityToken token: String) async throws(AWSError) -> Credentials {
    var form = QueryForm(action: "AssumeRoleWithWebIdentity", version: stsVersion)
    form.add("RoleArn", role.roleARN)
    form.add("RoleSessionName", role.sessionName)
    form.add("WebIdentityToken", token)
    form.add("DurationSeconds", role.durationSeconds.map(String.init))
    return try await run(.stsSession("AssumeRoleWithWebIdentity", form, secrets: [token]))
  }
}

extension AWSOperation where Output == Credentials {
  fileprivate static func stsSession(_ name: String, _ form: QueryForm, secrets: [String]) -> AWSOperation {
    var operation = AWSOperation(
      name, .post, path: "/", headers: QueryForm.headers, body: form.bytes
    ) { response throws(XMLError) -> Credentials in
      // The name is one of two literals.
      let root: StaticString =
        name == "AssumeRole" ? "AssumeRoleResponse" : "AssumeRoleWithWebIdentityResponse"
      let answer = try XMLElement(parsing: response.body, root: root)
      let session = answer["\(name)Result"]?["Credentials"]
      guard let end = session?["Expiration"]?.text, let expiration = Timestamp(iso8601: end) else {
        throw .invalid("a session without an end")
      }
      return try Credentials(
        answered: session?["AccessKeyId"]?.text, session?["SecretAccessKey"]?.text, session?["SessionToken"]?.text,
        expiration: expiration)
    }
    // A second session does no harm.
    operation.repetition = .always
    operation.secrets = secrets
    return operation
  }
}

/// The version of STS's API.
let stsVersion = "2011-06-15"
