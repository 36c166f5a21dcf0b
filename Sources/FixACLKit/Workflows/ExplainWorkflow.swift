package import AWSKit

/// Explains why somebody can or cannot read one object.
package struct ExplainWorkflow: Sendable {
  private let request: ExplainRequest
  private let options: Session.Options

  package init(_ request: ExplainRequest, session: Session.Options) {
    self.request = request
    options = session
  }

  /// - Throws: `ExplainProblem`, `ReaderProblem`, `SessionProblem`, `AWSError`, `WorkflowError.interrupted`.
  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let session = try Session(options, events: events)
    stop.onSet { _ in session.stopRequests() }
    do {
      let explanation = try await Explainer(request, session.explainClients()).run()
      events(.explained(explanation))
      return switch explanation.verdict {
      case .allowed: .done
      case .denied: .changes
      case .unknown: .partlyDone
      }
    } catch {
      guard stop.cause == .interruption, (error as? AWSError)?.isStopped ?? false else { throw error }
      throw WorkflowError.interrupted
    }
  }
}

extension Session {
  /// What `explain` asks with.
  fileprivate func explainClients() throws(SessionProblem) -> ExplainClients {
    ExplainClients(
      main: mainClient, anonymous: anonymous, viewer: try viewer(), services: services,
      accounts: { await accountsAsKnown(bucketOwner: $0) })
  }
}
