import Foundation
import AWSKit
import SandboxKit
import TestSupport

/// One bucket, and everything that happens to fixacl while it works on it.
struct ChaosRun {
  let server: S3TestServer
  let bucket: String
  let place: Workplace
  let round: RandomRound
  private var random: SeededGenerator
  var tally: ChaosTally
  /// What no run may do, and one has done.
  var faults: [String] = []
  private var counted: [String: Int] = [:]

  init(
    server: S3TestServer, bucket: String, place: Workplace, round: RandomRound, random: SeededGenerator,
    tally: ChaosTally
  ) {
    self.server = server
    self.bucket = bucket
    self.place = place
    self.round = round
    self.random = random
    self.tally = tally
  }

  private static let writes: Set = [
    "PutObjectAcl", "CopyObject", "CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload",
    "PutObjectTagging", "PutObjectRetention", "PutObjectLegalHold", "DeleteObject",
  ]

  /// Faults after which the operation is not done, and those after which it is and nobody knows.
  private static let kinds = [
    "slowdown", "internal", "error-in-200", "reset", "reset-midway", "truncate", "wrong-length", "malformed", "blanks",
    "delay",
  ]

  private var control: SandboxControl { server.control! }

  private mutating func chance(_ hits: Int, in all: Int) -> Bool { Int.random(in: 0..<all, using: &random) < hits }

  // MARK: A command until it is done

  /// Runs a command again and again while things go wrong, and then once more while nothing does.
  ///
  /// - Parameters:
  ///   - refusals: whether requests may be refused for good too: never while a plan is made of what is seen.
  ///   - journal: whose final records are not to be done again.
  mutating func untilDone(_ arguments: [String], refusals: Bool, journal: String?) async throws -> ProgramResult {
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      try await setFaults(refusals: refusals)
      let finished = journal.map { Self.finalKeys($0) } ?? []
      let before = try await writesByKey()
      let result = try await disturbed(arguments)
      try await expectNoneAgain(of: finished, since: before, arguments)
      if result.status == 0, chance(1, in: 2) { break }
    }
    try await countFaults()
    try await control.clearFaults()
    return try await run(arguments)
  }

  /// Runs a command while nothing goes wrong.
  mutating func run(_ arguments: [String]) async throws -> ProgramResult {
    let result = try await place.start(arguments).result()
    note(result, arguments)
    return result
  }

  private mutating func note(_ result: ProgramResult, _ arguments: [String]) {
    tally.endings[result.status, default: 0] += 1
    let isExpected = [0, 1, 2, 3, 130, -Int(SIGKILL), -Int(SIGTERM), -Int(SIGINT)].contains(result.status)
    if !isExpected { faults.append("\(arguments[0]) ended with \(result.status): \(result.err.suffix(2000))") }
    for secret in server.secrets where result.err.contains(secret) || result.out.contains(secret) {
      faults.append("\(arguments[0]) tells a secret")
    }
  }

  /// A run to which something happens.
  private mutating func disturbed(_ arguments: [String]) async throws -> ProgramResult {
    let machine: MachineFault = chance(1, in: 3) ? MachineFault.allCases.randomElement(using: &random)! : .none
    tally.machineFaults["\(machine)", default: 0] += machine == .none ? 0 : 1
    let signal = [nil, SIGKILL, SIGKILL, SIGINT, SIGTERM].randomElement(using: &random)!
    let moment = Double.random(in: 0...1, using: &random)
    let run = try place.start(arguments, environment: machine.environment(using: &random))
    guard let signal else {
      let result = try await run.result()
      note(result, arguments)
      return result
    }
    // Sooner rather than later, as most runs are short; a third of the second at most.
    try await Task.sleep(for: .milliseconds(Int(moment * moment * 1000)))
    let isRunning = run.isRunning
    run.signal(signal)
    if isRunning { tally.signals[Self.name(of: signal), default: 0] += 1 }
    if isRunning, signal != SIGKILL { try await expectNoMoreWrites(of: run, arguments) }
    let result = try await run.result()
    note(result, arguments)
    return result
  }

  private static func name(of signal: Int32) -> String {
    signal == SIGKILL ? "SIGKILL" : signal == SIGINT ? "SIGINT" : "SIGTERM"
  }

  /// After the program has said that it stops, nothing is written that was not under way.
  private mutating func expectNoMoreWrites(of run: RunningProgram, _ arguments: [String]) async throws {
    _ = try await waitUntil({ run.errorsSoFar.contains("interrupted") }, while: { run.isRunning })
    guard run.isRunning else { return }
    // What was sent has arrived by then, and been counted.
    try await Task.sleep(for: .milliseconds(200))
    let before = try await writeCount()
    _ = try await run.result()
    let after = try await writeCount()
    if after > before { faults.append("stop: \(arguments[0]) wrote \(after - before) times after it was told to stop") }
  }

  // MARK: What the server counts

  private func writeCount() async throws -> Int {
    try await control.counters().filter { Self.writes.contains($0.key) }.values.reduce(0, +)
  }

  private func writesByKey() async throws -> [String: [ObjectKey: Int]] {
    try await control.successes(in: bucket).filter { Self.writes.contains($0.key) }
  }

  /// What the journal says is done is not done again.
  private mutating func expectNoneAgain(
    of finished: Set<ObjectKey>, since before: [String: [ObjectKey: Int]], _ arguments: [String]
  ) async throws {
    guard !finished.isEmpty else { return }
    for (operation, counts) in try await writesByKey() {
      for (key, count) in counts where finished.contains(key) && count > before[operation]?[key] ?? 0 {
        faults.append("again: \(arguments[0]) did \(operation) of \(key), which the journal says is done")
      }
    }
  }

  /// The keys whose last record says that they are done, whatever the rest of the journal looks like.
  private static func finalKeys(_ path: String) -> Set<ObjectKey> {
    struct Line: Decodable {
      let key: String?
      let result: String?
      let rollback: String?
    }
    guard let data = FileManager.default.contents(atPath: path),
      let plan = FileManager.default.contents(atPath: String(path.dropLast(".journal".count))),
      let changes = try? PlanDocument(plan).changes
    else { return [] }
    // A key can have several changes, of several versions: then nothing is said of it.
    let single = Dictionary(grouping: changes, by: \.objectKey).filter { $0.value.count == 1 }
    var results: [ObjectKey: [String]] = [:]
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? JSONDecoder().decode(Line.self, from: line), let key = line.key else { continue }
      if let result = line.result ?? line.rollback.map({ "rollback " + $0 }) {
        results[ObjectKey(key), default: []].append(result)
      }
    }
    return Set(results.filter { single[$0.key] != nil && ($0.value == ["done"] || $0.value == ["already"]) }.keys)
  }

  /// Uploads in parts that nobody has ended.
  func openUploads() async throws -> [String] {
    try await server.site.client.run(
      AWSOperation("ListMultipartUploads", bucket: bucket, query: [("uploads", "")]) { response throws(XMLError) in
        try XMLElement(parsing: response.body, root: "ListMultipartUploadsResult").all("Upload")
          .map { $0["Key"]?.text ?? "" }
      })
  }

  // MARK: What goes wrong

  private mutating func setFaults(refusals: Bool) async throws {
    try await countFaults()
    var rules: [SandboxControl.Fault] = []
    for kind in Self.kinds where chance(1, in: 3) {
      let operation = chance(1, in: 2) ? "*" : Self.writes.sorted().randomElement(using: &random)!
      rules.append(
        SandboxControl.Fault(
          kind, operation, probability: Double.random(in: 0.01...0.3, using: &random),
          count: chance(1, in: 3) ? Int.random(in: 1...5, using: &random) : nil,
          ms: kind == "delay" ? Double.random(in: 1...100, using: &random) : nil))
    }
    if refusals, chance(1, in: 3) {
      rules.append(
        SandboxControl.Fault(
          "forbidden", Self.writes.sorted().randomElement(using: &random)!,
          probability: Double.random(in: 0.01...0.3, using: &random), count: Int.random(in: 1...20, using: &random)))
    }
    try await control.set(rules)
  }

  /// The sandbox is one bucket's own, and counts from its start.
  mutating func countFaults() async throws {
    for (kind, count) in try await control.faultCounts() {
      tally.serverFaults[kind, default: 0] += count - (counted[kind] ?? 0)
      counted[kind] = count
    }
  }
}
