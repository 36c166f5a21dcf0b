/// What the fetchers of one profile have in common.
struct CredentialsContext: Sendable {
  let name: CredentialsName
  let settings: AWSSettings
  let environment: AWSEnvironment
  let services: CredentialsServices

  /// For sessions whose profile does not name them; AWS's logs show it.
  var sessionName: String { "fixacl-\(services.now().seconds)" }

  /// How to sign in again: a command of the AWS CLI.
  func command(_ command: String) -> String {
    guard case .profile(let name, _) = self.name, name != "default" else { return command }
    return command + " --profile " + ShellQuoting.quoted(name)
  }

  /// A client of a service in the profile's region, else in the main region of an ARN's partition.
  func client(
    of service: AWSService, arn: String, credentials: (any CredentialsProvider)?
  ) throws(CredentialsError) -> AWSClient {
    let region = settings.region?.value
    let partition = Partition.of(arn: arn)
    // A region of another partition does not know the role.
    let fits = region.map { partition == nil || Partition.of($0) == partition } ?? false
    return try client(
      of: service, region: fits ? region ?? .standard : partition?.mainRegion ?? region ?? .standard,
      credentials: credentials)
  }

  /// A client of a service in a region.
  func client(
    of service: AWSService, region: Region, credentials: (any CredentialsProvider)? = nil
  ) throws(CredentialsError) -> AWSClient {
    try services.client(
      of: service, region: region, settings: settings, credentials: credentials, account: name.short)
  }

  /// A secret that is all that a file holds, without the line break at its end.
  ///
  /// - Parameter name: what it is, for errors.
  func secret(inFile path: String, _ name: String, isTrimmed: Bool = true) throws(CredentialsError) -> String {
    switch environment.content(ofFile: path) {
    case .notFound: throw CredentialsError(.sourceFailed, "\(name) cannot be read: there is no file \(path)")
    case .unreadable(let reason):
      throw CredentialsError(.sourceFailed, "\(name) cannot be read from \(path): \(reason)")
    case .bytes(let bytes):
      guard var text = String(validating: bytes, as: UTF8.self) else {
        throw CredentialsError(.sourceFailed, "\(name) in \(path) is not text")
      }
      if isTrimmed { while text.last?.isWhitespace == true { text.removeLast() } }
      guard !text.isEmpty else { throw CredentialsError(.sourceFailed, "\(name) is missing: \(path) is empty") }
      return text
    }
  }
}

extension CredentialsError {
  /// A source that failed because a service did.
  init(_ error: AWSError, _ what: String, _ advice: String = "") {
    let fips =
      error.isWithoutFIPSHost ? "; FIPS endpoints are asked for, and not every region has one: unset that" : ""
    self.init(
      error.isStopped ? .stopped : .sourceFailed, "\(what): \(error.text(withAccount: false))\(advice)\(fips)")
  }

  /// The same, with the name of the credentials that it is about.
  func naming(_ name: CredentialsName) -> CredentialsError {
    CredentialsError(code, "\(name.long): \(message)")
  }
}
