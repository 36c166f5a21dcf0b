package import Foundation

/// How a run of the program ended, and what it printed.
package struct ProgramResult: Sendable {
  /// The exit status; the negative signal number where a signal ended it.
  package let status: Int
  package let stdout: Data
  package let stderr: Data

  package var out: String { String(decoding: stdout, as: UTF8.self) }
  package var err: String { String(decoding: stderr, as: UTF8.self) }

  /// The number before a word of the summary on stderr: `1,200 changed`. Lines about progress come before it.
  package func count(_ word: String) -> Int? {
    guard let regex = try? Regex("([0-9,]+) \\Q\(word)\\E", as: (Substring, Substring).self),
      let match = err.matches(of: regex).last
    else { return nil }
    return Int(match.1.filter { $0 != "," })
  }
}

/// A folder of a test's own with credentials for a server, from which the built program is run.
package final class Workplace: Sendable {
  package let folder: String
  private let environment: [String: String]

  /// - Parameter server: the one whose endpoint and accounts are in the environment; `site`'s are the default.
  package init(_ server: S3TestServer, environment extra: [String: String] = [:]) throws {
    folder = FileManager.default.temporaryDirectory.path + "/fixacl-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try server.writeCredentials(to: folder + "/credentials")
    try "".write(toFile: folder + "/config", atomically: true, encoding: .utf8)
    // The sandbox's other services have addresses of their own; what is not named is at the one for all.
    var services: [String: String] = [:]
    if !server.cloudFront.isEmpty { services["AWS_ENDPOINT_URL_CLOUDFRONT"] = server.cloudFront }
    if !server.viewer.isEmpty { services["FIXACL_VIEWER"] = server.viewer }
    if !server.sts.isEmpty {
      services["AWS_ENDPOINT_URL_STS"] = server.sts
      services["AWS_ENDPOINT_URL_S3_CONTROL"] = server.endpoint
    }
    for (service, address) in server.keyServices where service != .container { services[service.rawValue] = address }
    environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder,
      "AWS_SHARED_CREDENTIALS_FILE": folder + "/credentials", "AWS_CONFIG_FILE": folder + "/config",
      "AWS_PROFILE": "site", "AWS_REGION": server.region, "AWS_ENDPOINT_URL": server.endpoint,
    ].merging(services) { $1 }.merging(extra) { $1 }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  package func path(_ name: String) -> String { folder + "/" + name }

  /// Runs `fixacl` to its end.
  package func fixacl(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProgramResult {
    try await start(arguments, environment: environment).result()
  }

  /// Runs another program to its end in the same folder and environment, such as `jq` or a shell.
  package func run(_ program: String..., environment: [String: String] = [:]) async throws -> ProgramResult {
    try await run(program, environment: environment)
  }

  /// Runs another program with arguments that are in a list already.
  package func run(_ program: [String], environment: [String: String] = [:]) async throws -> ProgramResult {
    try await RunningProgram(
      executable: "/usr/bin/env", arguments: program, place: self,
      environment: self.environment.merging(environment) { $1 }
    ).result()
  }

  /// Starts `fixacl`, for tests that do something to it.
  package func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningProgram {
    try RunningProgram(
      executable: Self.programPath, arguments: arguments, place: self,
      environment: self.environment.merging(environment) { $1 })
  }

  /// Runs a line of a shell's, in which `$FIXACL` is the program.
  package func shell(_ script: String, environment: [String: String] = [:]) async throws -> ProgramResult {
    let environment = environment.merging(["FIXACL": Self.programPath]) { $1 }
    return try await RunningProgram(
      executable: "/bin/sh", arguments: ["-c", script], place: self,
      environment: self.environment.merging(environment) { $1 }
    ).result()
  }

  package func read(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  package func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// The `fixacl` to test.
  package static let programPath =
    ProcessInfo.processInfo.environment["FIXACL_PROGRAM"] ?? builtProgram("fixacl")

  /// A program that was built with the tests: it lies beside them.
  package static func builtProgram(_ name: String) -> String {
    let tests = Bundle.main.executablePath ?? CommandLine.arguments[0]
    return URL(filePath: tests).deletingLastPathComponent().path + "/" + name
  }
}

/// A run of a program that goes on.
package final class RunningProgram: Sendable {
  /// Whose folder the output is in: it must live as long.
  private let place: Workplace
  private let id = UUID().uuidString
  private let process: UncheckedProcess
  private let ended: Task<Int, Never>

  fileprivate init(executable: String, arguments: [String], place: Workplace, environment: [String: String]) throws {
    self.place = place
    let folder = place.folder
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = FileHandle.nullDevice
    // Files and not pipes: nobody has to read while the program runs.
    let files = [try Self.file(folder + "/\(id).out"), try Self.file(folder + "/\(id).err")]
    process.standardOutput = files[0]
    process.standardError = files[1]
    let (stream, continuation) = AsyncStream<Int>.makeStream()
    process.terminationHandler = { process in
      let status = Int(process.terminationStatus)
      continuation.yield(process.terminationReason == .uncaughtSignal ? -status : status)
      continuation.finish()
    }
    try process.runUnblocked()
    // The program has its own now; and with a thousand of them open, `Process` crashes.
    for file in files { try file.close() }
    self.process = UncheckedProcess(value: process)
    ended = Task {
      for await status in stream { return status }
      return -1
    }
  }

  /// Sends a signal, if the program is still there.
  package func signal(_ number: Int32) {
    if process.value.isRunning { kill(process.value.processIdentifier, number) }
  }

  package var isRunning: Bool { process.value.isRunning }

  /// What the program has open right now, as the kernel shows it: also files without a name any more.
  package var openFiles: [String] {
    let folder = "/proc/\(process.value.processIdentifier)/fd"
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return descriptors.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
  }

  /// What is on stderr so far.
  package var errorsSoFar: String {
    (try? String(contentsOfFile: place.folder + "/\(id).err", encoding: .utf8)) ?? ""
  }

  /// Waits for the end.
  package func result() async throws -> ProgramResult {
    let status = await ended.value
    return ProgramResult(
      status: status, stdout: try Data(contentsOf: URL(filePath: place.folder + "/\(id).out")),
      stderr: try Data(contentsOf: URL(filePath: place.folder + "/\(id).err")))
  }

  private static func file(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    return try FileHandle(forWritingTo: URL(filePath: path))
  }
}

extension Process {
  /// Runs it with no signal blocked, as a shell does: Dispatch's threads block them, and a program inherits that.
  func runUnblocked() throws {
    var none = sigset_t()
    sigemptyset(&none)
    var blocked = sigset_t()
    pthread_sigmask(SIG_SETMASK, &none, &blocked)
    defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
    try run()
  }
}

/// `Process` is not marked as safe to share; after its start, it is only asked and signalled here.
private struct UncheckedProcess: @unchecked Sendable {
  let value: Process
}
