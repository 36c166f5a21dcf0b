internal import AWSKit

/// Asks CloudFront for a sample of a plan's objects, as a viewer.
struct EdgeVerification {
  let plan: Plan
  let session: Session
  /// The most objects to ask for.
  let sample: Int
  let stop: StopSignal
  let events: RunEventHandler

  /// How many objects are asked for if nobody says how many.
  static let standardSample = 100
  /// How often an object is asked for whose answer does not arrive.
  private static let attempts = 3

  /// An object, and where viewers get it.
  private struct Question: Sendable {
    let change: Change
    let distribution: String
    let url: ViewerURL
  }

  /// A distribution, and what it serves.
  private struct Edge {
    let id: String
    /// Of a URL without its path.
    let root: ViewerURL
    let served: ServedKeys
  }

  /// - Throws: `FileFormatError` if the plan cannot be read, `SessionProblem` if the viewer's address is none.
  func run() async throws -> EdgeSummary {
    var summary = EdgeSummary()
    summary.credentials = session.credentialNames
    let viewer = try session.viewer()
    stop.onSet { _ in viewer.abandon() }
    let edges: [Edge]
    do throws(EdgeProblem) {
      edges = try await self.edges()
    } catch {
      summary.isInterrupted = stop.isRequested
      guard !summary.isInterrupted else { return summary }
      events(.notice(.edgeUnasked(error, profile: session.credentialNames.profile)))
      summary.problem = error
      return summary
    }
    summary.distributions = edges.map(\.id)
    await ask(try questions(edges, &summary), viewer, &summary)
    summary.isInterrupted = stop.isRequested
    return summary
  }

  private func edges() async throws(EdgeProblem) -> [Edge] {
    let bucket = plan.header.bucket.name
    let finder = try DistributionFinder(
      bucket: bucket, readers: plan.header.desired.readers, client: session.client(of: .cloudFront))
    var edges: [Edge] = []
    for distribution in try await finder.find(.readers) {
      guard !distribution.isTenantOnly else { throw .tenantOnly(distribution.id) }
      guard let root = ViewerURL("https://\(distribution.domainName)/") else {
        throw .badDomainName(distribution: distribution.id)
      }
      edges.append(Edge(id: distribution.id, root: root, served: ServedKeys(distribution, bucket: bucket)))
    }
    return edges
  }

  /// Chooses objects at random among those that are served, in one pass over the plan (Vitter, algorithm R).
  private func questions(_ edges: [Edge], _ summary: inout EdgeSummary) throws(FileFormatError) -> [Question] {
    var chosen: [(index: Int, questions: [Question])] = []
    var changes = PlanChangeReader(plan)
    while let resolved = try changes.next() {
      let change = resolved.change
      guard change.versionID == nil else { continue }
      let questions = edges.compactMap { edge in
        edge.served.paths(of: change.key).first.map { path in
          var url = edge.root
          url.path = path
          return Question(change: change, distribution: edge.id, url: url)
        }
      }
      guard !questions.isEmpty else {
        summary.notServed += 1
        continue
      }
      summary.objects += 1
      if chosen.count < sample {
        chosen.append((resolved.index, questions))
      } else {
        let place = Int.random(in: 0..<summary.objects)
        if place < sample { chosen[place] = (resolved.index, questions) }
      }
    }
    summary.chosen = chosen.count
    return chosen.sorted { $0.index < $1.index }.flatMap(\.questions)
  }

  private func ask(_ questions: [Question], _ viewer: Viewer, _ summary: inout EdgeSummary) async {
    await withTaskGroup(of: EdgeReport?.self) { group in
      var rest = questions[...]
      var inFlight = 0
      while true {
        while inFlight < Session.viewerConcurrency, !stop.isSet, summary.problem == nil, let next = rest.popFirst() {
          group.addTask { await ask(next, viewer) }
          inFlight += 1
        }
        guard inFlight > 0, let result = await group.next() else { break }
        inFlight -= 1
        guard let report = result else { continue }
        summary.count(report)
        events(.edge(report))
        // Where nobody listens, each further question would take as long again.
        if case .unanswered(let error) = report.outcome, error.kind == .cannotConnect, summary.served == 0,
          summary.differing == 0, summary.problem == nil
        {
          let problem = EdgeProblem.unreachable(distribution: report.distribution, error)
          summary.problem = problem
          events(.notice(.edgeUnasked(problem, profile: session.credentialNames.profile)))
        }
      }
    }
  }

  /// - Returns: nil if somebody stopped it.
  private func ask(_ question: Question, _ viewer: Viewer) async -> EdgeReport? {
    var attempt = 1
    while true {
      let answer: Result<ProbeAnswer, TransportError>
      do throws(TransportError) {
        answer = .success(try await viewer.get(question.url))
      } catch {
        if stop.isSet { return nil }
        if attempt < Self.attempts, error.kind == .interrupted || error.kind == .cannotConnect {
          await stop.wait(seconds: 0.2 * Double(attempt))
          attempt += 1
          continue
        }
        answer = .failure(error)
      }
      return EdgeReport(question.change, distribution: question.distribution, url: question.url, answer: answer)
    }
  }
}
