internal import ArgumentParser
internal import Dispatch
internal import Foundation
internal import SandboxKit

/// `fixacl-sandbox`: serves until it is stopped.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve until stopped, and print how to use it (the default).")

  @OptionGroup var options: SandboxOptions

  @Option(
    help: ArgumentHelp(
      "Write where the services are, and the accounts' keys, as JSON, once all of them answer.", valueName: "file"))
  var info: String?

  @Flag(help: "Begin with the incident: a site behind CloudFront whose objects belong to tools, just gone dark.")
  var incident = false

  @Flag(help: "Stop when standard input ends, and so with the program that started this.")
  var stopWithStdin = false

  func run() async throws {
    let stop = StopRequest(withStdin: stopWithStdin)
    let sandbox = try await options.start()
    let folder =
      FileManager.default.temporaryDirectory.path + "/fixacl-sandbox-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      try SandboxFailure.describing(folder) {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try sandbox.writeProfiles(to: folder)
      }
      let bundle = sandbox.certificate == nil ? nil : folder + "/ca.pem"
      let scene =
        incident ? try await Incident.stage(on: sandbox, objectCount: 500, certificateBundle: bundle) : nil
      try await scene?.blockPublicAccess()
      if let info { try SandboxFailure.describing(info) { try sandbox.writeInfo(to: info) } }
      print(Self.welcome(sandbox, folder: folder, scene: scene))
      fflush(nil)
      await stop.wait()
    } catch {
      await sandbox.stop()
      throw error
    }
    await sandbox.stop()
  }

  private static func welcome(_ sandbox: Sandbox, folder: String, scene: Incident?) -> String {
    let trust = sandbox.certificate == nil ? "" : "  export AWS_CA_BUNDLE=\(folder)/ca.pem\n"
    let names = sandbox.configuration.accounts.accounts.map(\.name)
    var text = """
      S3, CloudFront and STS are ready on this machine, with the accounts \(names.joined(separator: ", ")).
      What they hold is gone when this stops (Ctrl-C). In another shell:

        export AWS_ENDPOINT_URL_S3=\(sandbox.addresses.endpoint)
        export AWS_ENDPOINT_URL_CLOUDFRONT=\(sandbox.addresses.cloudFront)
        export AWS_ENDPOINT_URL_STS=\(sandbox.addresses.sts)
        export AWS_ENDPOINT_URL_S3_CONTROL=\(sandbox.addresses.endpoint)
        export AWS_ENDPOINT_URL_SSO=\(sandbox.addresses.sso)
        export AWS_ENDPOINT_URL_SSO_OIDC=\(sandbox.addresses.ssoOIDC)
        export AWS_ENDPOINT_URL_SIGNIN=\(sandbox.addresses.signin)
        export AWS_ENDPOINT_URL_KMS=\(sandbox.addresses.kms)
        export AWS_ENDPOINT_URL_IAM=\(sandbox.addresses.iam)
        export AWS_ENDPOINT_URL_ORGANIZATIONS=\(sandbox.addresses.organizations)
        export AWS_EC2_METADATA_SERVICE_ENDPOINT=\(sandbox.addresses.imds)
        export FIXACL_VIEWER=\(sandbox.addresses.viewer)
        export AWS_SHARED_CREDENTIALS_FILE=\(folder)/credentials
        export AWS_CONFIG_FILE=\(folder)/config
      \(trust)  export AWS_REGION=\(sandbox.configuration.settings.region)
        export AWS_PROFILE=site

      fixacl and the AWS CLI from 2.13 on read these (older ones want --endpoint-url). Each account has a profile of
      its name, with the rights of an administrator, and a role 'fixacl' that the others may assume.
      Through CloudFront: \(sandbox.addresses.viewer)/DISTRIBUTION_ID/KEY, or with the Host of a distribution
      Keys of a container: AWS_CONTAINER_CREDENTIALS_FULL_URI=\(sandbox.addresses.container)/site/fixacl
      Faults, counters, sign-ins: \(sandbox.addresses.control)/
      """
    if let scene { text += "\n\n" + scene.instructions }
    return text
  }
}

/// Waits for what ends a server: Ctrl-C, SIGTERM, and on request the end of standard input.
private struct StopRequest {
  private let requests: AsyncStream<Void>
  private let sources: [any DispatchSourceSignal]

  init(withStdin: Bool) {
    let (requests, continuation) = AsyncStream<Void>.makeStream()
    self.requests = requests
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield() }
      source.resume()
      return source
    }
    guard withStdin else { return }
    Thread.detachNewThread {
      while let data = try? FileHandle.standardInput.read(upToCount: 4096), !data.isEmpty {}
      continuation.yield()
    }
  }

  func wait() async {
    for await _ in requests { break }
    withExtendedLifetime(sources) {}
  }
}
