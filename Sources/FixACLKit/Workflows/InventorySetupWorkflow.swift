internal import AWSKit

/// Sets up an inventory whose reports `plan --inventory` can use, or says how.
package struct InventorySetupWorkflow: Sendable {
  /// What to set up.
  package struct Request: Sendable {
    package var bucket: String
    /// Of the keys that reports tell of; nil for all.
    package var prefix: String?
    package var allVersions: Bool
    package var destination: String
    package var destinationPrefix: String
    /// Whether to set it up, not only to say how.
    package var isConfirmed: Bool

    package init(
      bucket: String, prefix: String?, allVersions: Bool, destination: String, destinationPrefix: String,
      isConfirmed: Bool
    ) {
      self.bucket = bucket
      self.prefix = prefix
      self.allVersions = allVersions
      self.destination = destination
      self.destinationPrefix = destinationPrefix
      self.isConfirmed = isConfirmed
    }
  }

  private let request: Request
  private let options: Session.Options

  package init(_ request: Request, session: Session.Options) {
    self.request = request
    options = session
  }

  /// - Throws: `WorkflowError`, `AWSError`, what a session throws.
  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let session = try Session(options, events: events)
    stop.onSet { cause in
      if cause == .interruption { events(.notice(.interrupted(.writing))) }
      session.stopRequests()
    }
    let (inspection, callers) = try await session.inspect(request.bucket)
    let bucket = inspection.bucket
    let accounts = try session.accounts(callers, bucketOwner: bucket.owner, events: events)
    let identity = accounts.main.canonicalID == bucket.owner ? await accounts.main.identity() : nil
    let setup = InventorySetup(
      bucket: bucket, account: identity?.account, destination: request.destination,
      destinationPrefix: request.destinationPrefix, prefix: request.prefix, allVersions: request.allVersions)
    let client = accounts.main.client
    let policy: Policy
    do throws(AWSError) {
      policy = try await client.bucketPolicy(bucket: request.destination).map { .document($0) } ?? .none
    } catch {
      guard error.isAccessDenied, !request.isConfirmed else { throw error }
      policy = .unreadable
    }
    var report = InventorySetupReport(
      setup: setup, commands: setup.commands(hasPolicy: policy.exists, options: options.cliOptions))
    if request.isConfirmed { report.made = try await make(setup, policy, client: client, stop: stop, events) }
    events(.inventorySetUp(report))
    return .done
  }

  private enum Policy {
    case none
    case document([UInt8])
    case unreadable

    var exists: Bool? {
      switch self {
      case .none: false
      case .document: true
      case .unreadable: nil
      }
    }
  }

  /// The policy comes first: without it S3 could not write the first report.
  private func make(
    _ setup: InventorySetup, _ policy: Policy, client: AWSClient, stop: StopSignal, _ events: RunEventHandler
  ) async throws -> InventorySetupReport.Made {
    var made = InventorySetupReport.Made()
    var document: [UInt8]?
    if case .document(let bytes) = policy { document = bytes }
    do throws(BucketPolicyText.Malformed) {
      document = try BucketPolicyText.adding(Array(setup.statement.utf8), sid: setup.sid, to: document)
    } catch {
      throw WorkflowError.policyMalformed(bucket: setup.destination)
    }
    // A signal ends nothing between the two any more.
    stop.beginWork()
    do throws(AWSError) {
      if let document {
        try await client.putBucketPolicy(document, bucket: setup.destination)
        made.policy = true
      }
      let present = try await client.inventoryConfiguration(bucket: setup.bucket, id: InventorySetup.id)
      if !(present?.isSame(as: setup.configuration) ?? false) {
        try await client.putInventoryConfiguration(setup.configuration, bucket: setup.bucket)
        made.configuration = true
      }
    } catch {
      guard stop.isRequested, error.isOfStop else { throw error }
      events(
        .notice(
          .inventory(
            .setupInterrupted(
              bucket: setup.bucket, destination: setup.destination, hasPolicy: made.policy || document == nil))))
      throw WorkflowError.interrupted
    }
    return made
  }
}

/// An inventory that was set up, or how to do it.
package struct InventorySetupReport: Sendable {
  /// What a run has made; the rest was there.
  package struct Made: Sendable {
    package var policy = false
    package var configuration = false
  }

  package let setup: InventorySetup
  /// The commands of the AWS CLI that make the policy and the configuration.
  package let commands: [String]
  /// Nil if nothing was to be made.
  package var made: Made?
}
