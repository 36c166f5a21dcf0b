internal import ArgumentParser
internal import Foundation
internal import AWSKit
internal import SandboxKit

/// `fixacl-sandbox demo`: the incident from its beginning to its end.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Play the incident and its repair by fixacl, from the first upload to the last 200.")

  @Option(help: ArgumentHelp("The program to repair with; else the one beside this.", valueName: "path"))
  var fixacl: String?

  func run() async throws {
    let sandbox = try await Sandbox(Sandbox.Configuration())
    let folder =
      FileManager.default.temporaryDirectory.path + "/fixacl-demo-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      try sandbox.writeProfiles(to: folder)
      try await Demo(sandbox: sandbox, folder: folder, program: try programPath()).play()
    } catch {
      await sandbox.stop()
      throw error
    }
    await sandbox.stop()
  }

  private func programPath() throws -> String {
    let own = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let path = fixacl ?? URL(filePath: own).deletingLastPathComponent().path + "/fixacl"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw SandboxFailure("there is no program \(path): build it, or name it with --fixacl")
    }
    return URL(filePath: path).path
  }
}

/// The story, each command printed before it runs. What does not go as it should ends it with an error.
private struct Demo {
  let sandbox: Sandbox
  let folder: String
  let program: String

  func play() async throws {
    say(
      """
      The account 'site' has a bucket behind CloudFront. Its policy lets the distribution's origin access identity
      read, and the account 'tools' upload. 'tools' uploads 500 objects, public, and owns them: nobody notices.
      """)
    let incident = try await Incident.stage(on: sandbox, objectCount: 500)
    try await view("index.html", of: incident, expecting: 200)

    say("Then Block Public Access is switched on. The policy does not apply to objects that 'tools' owns.")
    try await incident.blockPublicAccess()
    try await view("index.html", of: incident, expecting: 403)

    say("Why? (2 means that the reader is denied.)")
    let explain = "fixacl explain \(incident.url(of: "index.html")) --owner-profile tools"
    try run(explain, expecting: 2)

    say("fixacl finds what every object needs, so that the origin access identity can read it…")
    let plan = "fixacl plan \(Incident.bucket) --owner-profile tools"
    try run(plan + " > plan.json")
    try run("fixacl show plan.json --keys 3")

    say("…and does it: one object first, as a canary, then the rest. apply looks at each object before it changes it.")
    try run("fixacl apply plan.json --limit 1")
    try run("fixacl apply plan.json")

    say("CloudFront has cached the error. apply has nothing left to do but to make CloudFront forget it.")
    try await view("index.html", of: incident, expecting: 403)
    try run("fixacl apply plan.json --invalidate auto --wait")
    try await view("index.html", of: incident, expecting: 200)
    try run("fixacl verify plan.json --through-cloudfront")
    try run(explain)

    say("Later runs have nothing to do; with --detailed-exitcode, 2 would say that there is something again.")
    try run(plan + " --detailed-exitcode > plan.json")
  }

  private func say(_ text: String) {
    put(text.split(separator: "\n").map { "# " + $0 }.joined(separator: "\n"))
  }

  private func put(_ text: String) {
    print(text)
    fflush(nil)
  }

  private func view(_ page: String, of incident: Incident, expecting status: Int) async throws {
    let response = try await incident.view(page)
    put("GET \(incident.url(of: page))\n→ \(response.status)\n")
    guard response.status == status else {
      throw SandboxFailure("the demo expected \(status) here: please report this")
    }
  }

  private func run(_ script: String, expecting status: Int32 = 0) throws {
    put("$ " + script)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "fixacl() { \"$FIXACL\" \"$@\"; }\n" + script]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }.merging([
      "FIXACL": program, "AWS_ENDPOINT_URL_S3": sandbox.addresses.endpoint,
      "AWS_ENDPOINT_URL_CLOUDFRONT": sandbox.addresses.cloudFront, "AWS_ENDPOINT_URL_STS": sandbox.addresses.sts,
      "AWS_ENDPOINT_URL_S3_CONTROL": sandbox.addresses.endpoint, "AWS_ENDPOINT_URL_KMS": sandbox.addresses.kms,
      "AWS_ENDPOINT_URL_ORGANIZATIONS": sandbox.addresses.organizations,
      "AWS_ENDPOINT_URL_IAM": sandbox.addresses.iam, "FIXACL_VIEWER": sandbox.addresses.viewer, "AWS_PROFILE": "site",
      "AWS_REGION": sandbox.configuration.settings.region, "AWS_SHARED_CREDENTIALS_FILE": folder + "/credentials",
      "AWS_CONFIG_FILE": folder + "/config",
    ]) { $1 }
    try process.run()
    process.waitUntilExit()
    put("")
    guard process.terminationStatus == status else {
      throw SandboxFailure("that ended with \(process.terminationStatus), and the demo with it: please report this")
    }
  }
}
