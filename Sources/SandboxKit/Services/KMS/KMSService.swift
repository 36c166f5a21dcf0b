internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// What of AWS KMS says who may read what S3 encrypts with a key. One a sandbox; not thread-safe.
final class KMSService: SignedService {
  /// The operations that the sandbox does, by their names in the KMS API.
  enum Operation: String, CaseIterable {
    case createKey = "CreateKey"
    case describeKey = "DescribeKey"
    case getKeyPolicy = "GetKeyPolicy"
    case putKeyPolicy = "PutKeyPolicy"
    case listGrants = "ListGrants"
    case createGrant = "CreateGrant"
    case enableKey = "EnableKey"
    case disableKey = "DisableKey"
  }

  let state: SandboxState
  var verifier = SignatureVerifier(service: "kms")

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let target = request[header: "X-Amz-Target"] ?? ""
    guard target.hasPrefix("TrentService."),
      let operation = Operation(rawValue: String(target.dropFirst("TrentService.".count)))
    else { throw .notImplemented("the KMS operation '\(target)'") }
    return ServiceOperation(operation.rawValue) { (_) throws(ServiceError) in
      let now = Timestamp.now()
      let (identity, body) = try self.signer(of: request, now: now)
      return try self.perform(operation, JSONInput(body), identity, now)
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse { .jsonError(error) }

  private func perform(
    _ operation: Operation, _ input: JSONInput, _ identity: AccountDirectory.Identity, _ now: Timestamp
  ) throws(ServiceError) -> SandboxResponse {
    if operation == .createKey { return try createKey(input, identity, now) }
    var key = try existingKey(input, identity)
    let isForeign = key.accountID != identity.account.accountID
    // Only these two can be asked of another account's key, which must allow it (API Reference, "Cross-account use").
    let mayBeForeign = [.describeKey, .listGrants, .createGrant].contains(operation)
    guard !isForeign || mayBeForeign, key.allows("kms:" + operation.rawValue, RequestContext(.identity(identity)))
    else {
      throw ServiceError(
        400, "AccessDeniedException",
        "User: \(identity.arn) is not authorized to perform: kms:\(operation.rawValue) on resource: \(key.arn) because "
          + "no resource-based policy allows the kms:\(operation.rawValue) action")
    }
    switch operation {
    case .createKey, .describeKey: return .json(object: ["KeyMetadata": Self.metadata(of: key)])
    case .getKeyPolicy:
      return .json(object: ["Policy": String(decoding: key.policy.source, as: UTF8.self), "PolicyName": "default"])
    case .listGrants:
      return .json(object: ["Grants": key.grants.map { Self.document($0, of: key) }, "Truncated": false])
    case .putKeyPolicy: key.policy = try Self.policy(input)
    case .enableKey: key.isEnabled = true
    case .disableKey: key.isEnabled = false
    case .createGrant:
      let id = Hexadecimal.encode(Array(state.newID(length: 32).utf8))
      key.grants.append(
        KMSKey.Grant(
          id: id, name: input["Name"], granteePrincipal: try input.required("GranteePrincipal"),
          operations: input.list("Operations"), createdAt: now))
      state.kmsKeys[key.arn] = key
      return .json(object: ["GrantId": id, "GrantToken": id])
    }
    guard !key.isManagedByAWS else {
      throw ServiceError(400, "AccessDeniedException", "AWS managed keys cannot be changed.")
    }
    state.kmsKeys[key.arn] = key
    return .json(object: [:])
  }

  private func createKey(
    _ input: JSONInput, _ identity: AccountDirectory.Identity, _ now: Timestamp
  ) throws(ServiceError) -> SandboxResponse {
    let accountID = identity.account.accountID
    let policy =
      input["Policy"] == nil
      ? try BucketPolicy(parsing: KMSKey.defaultPolicy(accountID: accountID)) : try Self.policy(input)
    let key = KMSKey(
      id: state.newUUID(), accountID: accountID, region: state.settings.region,
      description: input["Description"] ?? "", createdAt: now, policy: policy)
    state.kmsKeys[key.arn] = key
    return .json(object: ["KeyMetadata": Self.metadata(of: key)])
  }

  private static func policy(_ input: JSONInput) throws(ServiceError) -> BucketPolicy {
    do {
      return try BucketPolicy(parsing: Array(try input.required("Policy").utf8))
    } catch {
      guard error.code == "MalformedPolicy" else { throw error }
      throw ServiceError(400, "MalformedPolicyDocumentException", error.message)
    }
  }

  /// By ID, ARN, or the alias of the AWS managed key.
  private func existingKey(_ input: JSONInput, _ identity: AccountDirectory.Identity) throws(ServiceError) -> KMSKey {
    let name = try input.required("KeyId")
    let accountID = identity.account.accountID
    let id = name.hasPrefix("alias/") ? String(name.dropFirst("alias/".count)) : name
    let arn =
      name.hasPrefix("arn:")
      ? name.replacing(":alias/", with: ":key/")
      : KMSKey.arn(id, accountID: accountID, region: state.settings.region)
    guard let key = state.kmsKey(arn: arn) else {
      throw ServiceError(
        400, "NotFoundException",
        name.hasPrefix("alias/") ? "Alias \(arn) is not found." : "Key '\(arn)' does not exist")
    }
    return key
  }

  // MARK: Documents

  private static func metadata(of key: KMSKey) -> [String: Any] {
    [
      "AWSAccountId": key.accountID, "KeyId": key.id, "Arn": key.arn, "CreationDate": key.createdAt.seconds,
      "Enabled": key.isEnabled, "Description": key.description, "KeyUsage": "ENCRYPT_DECRYPT",
      "KeyState": key.isEnabled ? "Enabled" : "Disabled", "Origin": "AWS_KMS",
      "KeyManager": key.isManagedByAWS ? "AWS" : "CUSTOMER", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
      "KeySpec": "SYMMETRIC_DEFAULT", "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"], "MultiRegion": false,
    ]
  }

  private static func document(_ grant: KMSKey.Grant, of key: KMSKey) -> [String: Any] {
    var result: [String: Any] = [
      "KeyId": key.arn, "GrantId": grant.id, "CreationDate": grant.createdAt.seconds,
      "GranteePrincipal": grant.granteePrincipal, "IssuingAccount": "arn:aws:iam::\(key.accountID):root",
      "Operations": grant.operations,
    ]
    result["Name"] = grant.name
    return result
  }
}
