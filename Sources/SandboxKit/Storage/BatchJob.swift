internal import AWSKit

/// A job of S3 Batch Operations.
///
/// A class, so that a step never copies what a job of millions holds. Confined to the holder of the state.
final class BatchJob {
  /// User Guide: "Tracking job status and completion reports".
  enum Status: String, CaseIterable, Sendable {
    case new = "New"
    case preparing = "Preparing"
    case suspended = "Suspended"
    case ready = "Ready"
    case active = "Active"
    case completing = "Completing"
    case complete = "Complete"
    case cancelling = "Cancelling"
    case cancelled = "Cancelled"
    case failing = "Failing"
    case failed = "Failed"
    case pausing = "Pausing"
    case paused = "Paused"

    /// Whether nothing will ever happen to such a job.
    var isTerminal: Bool { self == .complete || self == .cancelled || self == .failed }

    /// What it becomes once its report is written; nil where there is none to write.
    var afterReport: Status? {
      switch self {
      case .completing: .complete
      case .cancelling: .cancelled
      case .failing: .failed
      default: nil
      }
    }
  }

  /// Why a job failed.
  struct Failure: Sendable {
    let code: String
    let reason: String
  }

  /// A task to try again.
  struct Retry: Sendable {
    let row: BatchManifest.Row
    /// How often it was tried.
    let attempts: Int
    /// Seconds of a clock that does not go back.
    let notBefore: Double
  }

  let id: String
  let account: SandboxAccount
  let region: String
  let role: SandboxAccount.Role
  let roleARN: String
  let wanted: BatchJobRequest
  let createdAt: Timestamp
  var priority: Int
  var status = Status.new
  var statusUpdateReason: String?
  var failure: Failure?
  var suspendedAt: Timestamp?
  var terminatedAt: Timestamp?
  /// Nil until it was read.
  var manifest: BatchManifest?
  var taskCount: Int?
  var succeededCount = 0
  var failedCount = 0
  /// In the status `Active`.
  var activeSeconds = 0.0
  var retries: [Retry] = []
  /// Rows of the completion report, of tasks that succeeded.
  var succeeded = BatchReportRows()
  /// Rows of the completion report, of tasks that failed.
  var failed = BatchReportRows()
  /// How often its manifest or its report could not be read or written, for a reason that passes.
  var troubles = 0

  init(
    id: String, account: SandboxAccount, region: String, role: SandboxAccount.Role, wanted: BatchJobRequest,
    createdAt: Timestamp
  ) {
    self.id = id
    self.account = account
    self.region = region
    self.role = role
    roleARN = wanted.roleARN
    self.wanted = wanted
    self.createdAt = createdAt
    priority = wanted.priority
  }

  var arn: String { "arn:aws:s3:\(region):\(account.accountID):job/\(id)" }

  /// How many tasks have ended.
  var endedCount: Int { succeededCount + failedCount }

  func fail(_ code: String, _ reason: String) {
    failure = Failure(code: code, reason: String(reason.prefix(256)))
    status = .failing
  }
}

/// Rows of a completion report, in files of so many.
struct BatchReportRows: Sendable {
  private(set) var files: [[UInt8]] = []
  private var count = 0

  /// - Parameter limit: the most rows of a file.
  mutating func append(_ row: [UInt8], limit: Int) {
    if count.isMultiple(of: max(1, limit)) { files.append([]) }
    count += 1
    files[files.count - 1] += row
  }
}
