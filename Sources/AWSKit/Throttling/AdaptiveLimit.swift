/// Tunes how many requests may be in flight: up while throughput grows, down if the server refuses more than it would
/// refuse anyway, or if more in flight only wait longer.
///
/// Two questions, and a value for each. `RefusalLimit` finds what the server allows, for each kind of request, since S3
/// limits them separately. `LoadLimit` finds how many are worked on at once, for all requests that take about as long,
/// since one server works on them all. Both answer by trials at a lower level.
///
/// A plain value that is told of each request and the time; `RequestGate` carries out its decisions. All times are
/// seconds of one clock.
package struct AdaptiveLimit: Sendable {
  /// How a request ended, as far as it says something about the server's load.
  package enum Outcome: Sendable {
    case answered
    /// 503 SlowDown and the like.
    case throttled
    /// There was no answer, or an error that says nothing about load.
    case failed
  }

  /// A request in flight.
  package struct Ticket: Sendable {
    package let kind: RequestKind
    fileprivate let load: Int
    fileprivate let refusals: Int
    fileprivate let began: Double
  }

  /// What keeps a request from beginning.
  enum Obstacle: Sendable {
    /// Others in flight.
    case others
    /// The rate, for so many seconds.
    case pace(seconds: Double)
  }

  /// The level of reads and writes while nothing is known. On a server that works on a few at once, more would be
  /// connections for nothing.
  private static let initialLevel = 32
  /// The level of pages of a listing, which takes few rounds in all.
  private static let initialPages = 128

  private let maximum: Int
  private(set) var inFlight = 0
  /// Of reads and writes, and of pages.
  private var loads: [LoadLimit]
  private var refusals: [RefusalLimit]

  package init(maximum: Int) {
    self.maximum = max(1, maximum)
    loads = [Self.initialLevel, Self.initialPages].map { [maximum = self.maximum] initial in
      LoadLimit(maximum: maximum, initial: initial)
    }
    refusals = RequestKind.allCases.map { [maximum = self.maximum] _ in RefusalLimit(maximum: maximum) }
  }

  private static func load(of kind: RequestKind) -> Int { kind == .page ? 1 : 0 }

  /// The number of requests of a kind that may be in flight now, if there are no others.
  package func limit(of kind: RequestKind) -> Int {
    min(loads[Self.load(of: kind)].limit, refusals[kind.rawValue].limit)
  }

  /// The rate at which requests of a kind may begin; nil for no limit.
  package func pace(of kind: RequestKind) -> RateLimit? { refusals[kind.rawValue].pace }

  /// What keeps a request of that kind, which is waiting, from beginning now; nil for nothing.
  mutating func obstacle(for kind: RequestKind, at now: Double) -> Obstacle? {
    guard inFlight < maximum else { return .others }
    guard !refusals[kind.rawValue].isFull else {
      refusals[kind.rawValue].noteFull()
      return .others
    }
    guard !loads[Self.load(of: kind)].isFull else {
      loads[Self.load(of: kind)].noteFull(at: now)
      return .others
    }
    let wait = refusals[kind.rawValue].pace?.wait(at: now) ?? 0
    return wait > 0 ? .pace(seconds: wait) : nil
  }

  /// Records that a request begins.
  package mutating func requestBegan(_ kind: RequestKind, at now: Double) -> Ticket {
    inFlight += 1
    let load = loads[Self.load(of: kind)].requestBegan(at: now)
    return Ticket(kind: kind, load: load, refusals: refusals[kind.rawValue].requestBegan(at: now), began: now)
  }

  /// - Parameter operation: the API operation; each has latencies of its own.
  package mutating func requestEnded(_ ticket: Ticket, operation: String, outcome: Outcome, at now: Double) {
    inFlight -= 1
    let seconds = now - ticket.began
    refusals[ticket.kind.rawValue].requestEnded(ticket.refusals, outcome: outcome, seconds: seconds, at: now)
    let answer = outcome == .answered ? (operation, seconds) : nil
    loads[Self.load(of: ticket.kind)].requestEnded(ticket.load, answer: answer, at: now)
  }
}
