/// What the machine on which the sandbox's clients run tells them: as an EC2 instance, and as a container.
package struct MachineSettings: Sendable {
  /// The instance's role, as its metadata service tells it.
  struct Instance: Sendable, Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
      case account, role, v1, code
    }

    /// The name of the role's account.
    var account = "site"
    /// Nil of an instance without a role.
    var role: String? = "fixacl"
    /// Whether answers are given also without a token.
    var allowsV1 = false
    /// `Success`, or why there are no keys.
    var code = "Success"

    init() {}

    /// Reads `{"account": "site", "role": "fixacl", "v1": false, "code": "Success"}`; a role that is `null` is none.
    init(from decoder: any Decoder) throws {
      try decoder.refuseUnknownFields(CodingKeys.self)
      let values = try decoder.container(keyedBy: CodingKeys.self)
      account = try values.decodeIfPresent(String.self, forKey: .account) ?? account
      if values.contains(.role) { role = try values.decodeIfPresent(String.self, forKey: .role) }
      allowsV1 = try values.decodeIfPresent(Bool.self, forKey: .v1) ?? allowsV1
      code = try values.decodeIfPresent(String.self, forKey: .code) ?? code
    }
  }

  var instance = Instance()
  /// What a container's Authorization header must be; nil for nothing.
  var containerToken: String?

  init() {}
}
