/// A job of S3 Batch Operations as it is now.
package struct BatchJob: Sendable, Equatable {
  /// Where a job is in its life.
  package struct Status: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// It waits for confirmation.
    package static let suspended = Status(rawValue: "Suspended")
    package static let complete = Status(rawValue: "Complete")
    package static let failed = Status(rawValue: "Failed")
    package static let cancelled = Status(rawValue: "Cancelled")

    /// Whether it no longer changes.
    package var isFinal: Bool { [Self.complete, .failed, .cancelled].contains(self) }
    /// Whether it is on its way to wait for its confirmation.
    package var isBeforeConfirmation: Bool { rawValue == "New" || rawValue == "Preparing" }
  }

  /// Why a job failed.
  package struct Failure: Sendable, Equatable {
    package let code: String
    package let reason: String
  }

  package let id: String
  package let status: Status
  package let description: String
  /// Why it has the status, if somebody or S3 says so.
  package let reason: String?
  package let tasks: Int
  package let succeeded: Int
  package let failed: Int
  /// For how long it has worked; nil if it does not say.
  package let activeSeconds: Int?
  package let failures: [Failure]

  /// Whether a text can be a job's ID, which becomes a part of paths.
  package static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }

  init(_ job: XMLElement) throws(XMLError) {
    guard let id = job["JobId"]?.text, Self.isID(id), let status = job["Status"]?.text, !status.isEmpty else {
      throw .invalid("a job without an ID or a status")
    }
    self.id = id
    self.status = Status(rawValue: status)
    description = job["Description"]?.text ?? ""
    reason = job["StatusUpdateReason"].flatMap { $0.text.isEmpty ? nil : $0.text }
    let progress = job["ProgressSummary"]
    func count(_ name: String) throws(XMLError) -> Int {
      guard let text = progress?[name]?.text else { return 0 }
      guard let number = Int(text), number >= 0 else { throw .invalid("the count '\(text.prefix(32))'") }
      return number
    }
    tasks = try count("TotalNumberOfTasks")
    succeeded = try count("NumberOfTasksSucceeded")
    failed = try count("NumberOfTasksFailed")
    activeSeconds = progress?["Timers"]?["ElapsedTimeInActiveSeconds"].flatMap { Int($0.text) }.flatMap {
      $0 < 0 ? nil : $0
    }
    failures =
      job["FailureReasons"]?.all("member").map { failure in
        Failure(code: failure["FailureCode"]?.text ?? "", reason: failure["FailureReason"]?.text ?? "")
      } ?? []
  }
}

extension AWSError {
  /// Whether S3 Control says that there is no such job. A proxy or another service answers with 404, too.
  package var isNoSuchJob: Bool {
    isNotFound && ["NoSuchJob", "NoSuchJobException", "NotFoundException"].contains(code)
  }
}

extension AWSClient {
  /// S3 Control's DescribeJob. Needs `s3:DescribeJob`. The client must be S3 Control's.
  package func describeJob(_ id: String, in account: AccountID) async throws(AWSError) -> BatchJob {
    let operation = AWSOperation(
      "DescribeJob", path: "/v20180820/jobs/" + PercentEncoding.encode(id), account: account
    ) { response throws(XMLError) in
      let result = try XMLElement(parsing: response.body, root: "DescribeJobResult")
      guard let job = result["Job"] else { throw .invalid("an answer without a job") }
      return try BatchJob(job)
    }
    return try await run(operation)
  }
}
