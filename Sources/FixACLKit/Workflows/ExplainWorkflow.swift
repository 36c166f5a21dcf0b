internal import AWSKit

/// Explains why somebody can or cannot read one object.
package struct ExplainWorkflow: Sendable {
  /// The most refused keys whose owner and ACL are looked at.
  private static let maximumObjects = 20

  private let request: ExplainRequest
  private let options: Session.Options
  /// S3's server access logs, and CloudFront's standard logs.
  package var accessLogs: [LogPlace] = []
  package var cloudFrontLogs: [LogPlace] = []
  /// A file for the keys that the logs have as refused.
  package var refusedKeysPath: String?

  package init(_ request: ExplainRequest, session: Session.Options) {
    self.request = request
    options = session
  }

  /// - Throws: `ExplainProblem`, `ReaderProblem`, `SessionProblem`, `FileError`, `AWSError`, `WorkflowError.interrupted`.
  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let session = try Session(options, events: events)
    stop.onSet { _ in session.stopRequests() }
    do {
      let explanation = try await Explainer(request, session.explainClients()).run()
      let logs = try await readLogs(for: explanation, session, stop: stop, events: events)
      events(.explained(explanation, logs))
      return switch explanation.verdict {
      case .allowed: .done
      case .denied: .changes
      case .unknown: .partlyDone
      }
    } catch {
      guard stop.isRequested, error.isOfStop else { throw error }
      throw WorkflowError.interrupted
    }
  }

  private func readLogs(
    for explanation: Explanation, _ session: Session, stop: StopSignal, events: @escaping RunEventHandler
  ) async throws -> LogFindings? {
    guard !accessLogs.isEmpty || !cloudFrontLogs.isEmpty else { return nil }
    var wanted = AccessLogRequest()
    wanted.accessLogs = accessLogs
    wanted.cloudFrontLogs = cloudFrontLogs
    wanted.bucket = explanation.bucket
    if let route = explanation.route, let origin = route.origin {
      let distribution = route.distribution
      wanted.domainName = distribution.domainName
      wanted.keyOfPath = { path in
        let isOfBucket = distribution.behavior(for: path).map { behavior in
          distribution.origins(of: behavior).contains { $0.domainName == origin.domainName }
        }
        return isOfBucket ?? false ? distribution.key(forPath: path, at: origin) : nil
      }
    }
    let reader = try AccessLogReader(wanted, client: session.mainClient, folder: TemporaryPlace.folder, stop: stop)
    events(.progress { .readingLogs(reader.progress) })
    defer { events(.progressEnded) }
    let report = try await reader.read()
    if report.isInterrupted { throw WorkflowError.interrupted }
    // A folder without logs may get some yet.
    if report.files == 0, let problem = report.problems.first(where: { $0.kind != .empty }) {
      throw NoLogs(problem: problem)
    }
    let objects = await explanation.accounts.look(
      at: Array(report.keys.prefix(Self.maximumObjects)), bucket: explanation.bucket)
    let written = try refusedKeysPath.map { path in
      (path: path, keys: try reader.writeRefusedKeys(to: .file(path)))
    }
    return LogFindings(report: report, objects: objects, written: written)
  }
}

extension Session {
  /// What `explain` asks with.
  fileprivate func explainClients() throws(SessionProblem) -> ExplainClients {
    ExplainClients(
      main: mainClient, anonymous: anonymous, viewer: try viewer(), services: services, kms: kms,
      accounts: { await accountsAsKnown(bucketOwner: $0) })
  }
}

/// Nothing of the access logs could be read.
package struct NoLogs: Error, Sendable {
  /// What is wrong with the first of them.
  package let problem: LogProblem

  package init(problem: LogProblem) { self.problem = problem }
}
