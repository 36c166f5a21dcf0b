internal import ArgumentParser
internal import AWSKit
internal import SandboxKit

/// What a sandbox is like, from the command line.
struct SandboxOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The port of S3; CloudFront, the viewer, STS, the control address, SSO, SSO OIDC, Sign-In, IMDS, containers, KMS, "
        + "IAM and Organizations have the next twelve. 0: any."))
  var port = 0

  @Option(help: ArgumentHelp("Accounts from a JSON file, of the form that --info writes.", valueName: "file"))
  var accounts: String?

  @Option(help: ArgumentHelp("The region of buckets that are made without one.", valueName: "region"))
  var region = "us-east-1"

  @Option(
    help: ArgumentHelp(
      "A bucket of computed objects, of the account site: bucket=NAME,count=N[,shape=SHAPE][,foreign=0.3][,acls=4]. "
        + "SHAPE is that of the keys: \(VirtualObjects.Shape.names). The account tools owns the foreign share.",
      valueName: "fields"))
  var virtual: [Sandbox.VirtualBucket] = []

  @Option(
    help: ArgumentHelp("How long every answer of S3 takes at least, in milliseconds: 50, or 20-80.", valueName: "ms"))
  var delay = FaultRule.Delay.fixed(0)

  @Option(
    help: ArgumentHelp("What goes wrong from the start: a JSON list, as PUT CONTROL/faults takes.", valueName: "file"))
  var faults: String?

  @Option(
    help: ArgumentHelp(
      "Requests a second for each prefix, beyond which S3 answers 503 SlowDown: reads,writes (AWS documents 5500,3500).",
      valueName: "limits"))
  var rateLimits: RateLimits?

  @Option(
    help: ArgumentHelp("For random numbers: the same requests in the same order go wrong again.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp("The most bytes of one CopyObject or UploadPartCopy (AWS: 5 GiB).", valueName: "bytes"))
  var multipartLimit = 5 << 30

  @Option(
    help: ArgumentHelp(
      "How many seconds all temporary credentials last, regardless of the request.", valueName: "seconds"))
  var sessionSeconds: Int?

  @Flag(
    help: ArgumentHelp(
      "Speak HTTPS, with certificates of an authority that is made at the start: AWS_CA_BUNDLE is printed. IMDS, "
        + "containers and the control address stay as they are."))
  var tls = false

  @Flag(help: "Count what succeeded by key too, for GET CONTROL/counters?keys.")
  var countKeys = false

  func validate() throws {
    guard (0...65_523).contains(port) else { throw ValidationError("--port is from 0 to 65523") }
    guard multipartLimit > 0 else { throw ValidationError("--multipart-limit is above 0") }
    guard sessionSeconds ?? 1 > 0 else { throw ValidationError("--session-seconds is above 0") }
    let names = virtual.map(\.name)
    guard Set(names).count == names.count else { throw ValidationError("two --virtual buckets have the same name") }
  }

  /// Starts a sandbox, with what the files hold that the options name.
  func start() async throws -> Sandbox {
    do {
      return try await Sandbox(configuration())
    } catch let error as PortError {
      throw SandboxFailure("\(error) Name another with --port; 0 takes any that are free.")
    }
  }

  private func configuration() throws -> Sandbox.Configuration {
    var configuration = Sandbox.Configuration()
    configuration.settings.multipartLimit = multipartLimit
    configuration.settings.region = region
    configuration.settings.sessionSeconds = sessionSeconds
    if let accounts { configuration.accounts = try Self.read(accounts) { try AccountDirectory(parsing: $0) } }
    if let faults { configuration.faults = try Self.read(faults) { try FaultRule.list(parsing: $0) } }
    configuration.seed = seed
    configuration.port = port
    configuration.countsKeys = countKeys
    configuration.usesTLS = tls
    configuration.delay = delay
    configuration.limits = rateLimits
    configuration.virtualBuckets = virtual
    return configuration
  }

  /// What a file holds.
  static func read<Value>(_ path: String, _ parse: ([UInt8]) throws -> Value) throws -> Value {
    switch FileContent(path: path) {
    case .notFound: throw SandboxFailure("\(path) cannot be read: there is no such file.")
    case .unreadable(let reason): throw SandboxFailure("\(path) cannot be read: \(reason).")
    case .bytes(let bytes):
      do {
        return try parse(bytes)
      } catch {
        throw SandboxFailure("\(path) is not as it should be: \(InputFileError(error, item: "element")).")
      }
    }
  }
}

extension FaultRule.Delay: ExpressibleByArgument {
  package var defaultValueDescription: String {
    if case .fixed(let milliseconds) = self { "\(Int(milliseconds))" } else { "\(self)" }
  }
}

extension RateLimits: ExpressibleByArgument {
  /// Reads `5500,3500`.
  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2, let reads = parts[0], let writes = parts[1] else { return nil }
    self.init(readsPerSecond: reads, writesPerSecond: writes)
  }
}

extension VirtualObjects.Shape {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Sandbox.VirtualBucket: ExpressibleByArgument {
  /// Reads `bucket=NAME,count=N,shape=hex,foreign=0.3,acls=4`.
  init?(argument: String) {
    var fields: [String: String] = [:]
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2, fields.updateValue(pair[1], forKey: pair[0]) == nil else { return nil }
    }
    guard let name = fields.removeValue(forKey: "bucket"), SandboxBucket.isValid(name: name),
      let count = fields.removeValue(forKey: "count").flatMap({ Int($0) }),
      (0...VirtualObjects.maximumCount).contains(count)
    else { return nil }
    self.init(name: name, count: count)
    if let text = fields.removeValue(forKey: "shape") {
      guard let shape = VirtualObjects.Shape(rawValue: text) else { return nil }
      self.shape = shape
    }
    if let text = fields.removeValue(forKey: "foreign") {
      guard let share = Double(text), (0...1).contains(share) else { return nil }
      foreignShare = share
    }
    if let text = fields.removeValue(forKey: "acls") {
      guard let number = Int(text), (1...1000).contains(number) else { return nil }
      aclCount = number
    }
    guard fields.isEmpty else { return nil }
  }
}
