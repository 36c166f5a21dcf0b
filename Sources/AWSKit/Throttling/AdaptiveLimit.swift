/// Tunes how many requests of one kind may be in flight: up while throughput grows, down if the server throttles or
/// latency rises.
///
/// Additive increase, multiplicative decrease, with a start that doubles. A plain value that is told of each request
/// and the time; `RequestGate` carries out its decisions. All times are seconds of one clock.
///
/// It judges in rounds of as many answers as were in flight. If the server allows only a few requests at once, the
/// level becomes a fraction, which a rate limit enforces.
/// less makes the difference, the level is a fraction, and a pace makes it one.
package struct AdaptiveLimit: Sendable {
  /// How a request ended, as far as it says something about the server's load.
  package enum Outcome: Sendable {
    case answered
    /// 503 SlowDown and the like.
    case throttled
    /// There was no answer, or an error that says nothing about load.
    case failed
  }

  /// The latencies of one operation in a round.
  private struct OperationLatency: Sendable {
    var sum = 0.0
    var count = 0
    /// The mean latency of its fastest round.
    var best: Double?

    mutating func add(_ seconds: Double) {
      sum += seconds
      count += 1
    }
  }

  /// The level while nothing is known.
  private static let initialLevel = 32.0
  /// The lowest level; below 1 the pace limits the rate.
  private static let minimumLevel = 0.1
  /// Below this level the pace enforces it, not the number of requests in flight.
  private static let pacedLevel = 8.0
  /// A round has at least this duration and this many answers; less would be chance.
  private static let shortestRoundSeconds = 0.02
  private static let fewestAnswers = 8
  private static let maximumFallsInVain = 3
  /// Refusals count as random, independent of the load, if early falls alone brought the level down to this part of
  /// where they began, and the share of refusals among this many answers stayed low. With a real limit they would have
  /// ended, or their share would be high.
  private static let telltaleFall = 0.6
  private static let telltaleAnswers = 150
  private static let telltaleRefusals = 3
  private static let highestRandomShare = 0.08
  /// After this many answers without a refusal, the next fall is unrelated to earlier ones.
  private static let calmAnswers = 800
  /// A refusal is early if the level has not recovered to this part of where the last one was.
  private static let earlyLevel = 0.95
  /// After this many falls without such a verdict, a probe sends more for a while, at least this many requests: if
  /// there is a limit, many of them are refused. Then the next probe comes after twice as many falls.
  private static let fallsBeforeProbe = 8
  private static let probeFactor = 1.5
  /// Above this level falls are evidence enough, and a probe would be a storm.
  private static let highestProbedLevel = 32.0
  private static let probeRequests = 100
  private static let refusedShareOfLimit = 0.15
  /// The number of requests that the share of refusals averages, and the share of a single one among them, which is no
  /// reason to send less.
  private static let shareWindow = 400.0
  private static let singleRefusal = 1.2 / shareWindow

  package let maximum: Int
  /// The rate at which requests may begin; nil for no limit.
  package private(set) var pace: RateLimit?
  private var level: Double
  private var isStarting = true
  /// The level at which the server throttled; nil if it has not, or the level has grown far beyond.
  private var ceiling: Double?

  /// Throttling of requests that were in flight at the last fall is ignored.
  private var ignoredUntilSequence = 0
  private var nextSequence = 0

  /// Falls in quick succession: the level before the first, and the answers since.
  private var series: (level: Double, answered: Int, refused: Int)?
  /// Answers since the last refusal.
  private var answeredInARow = 0
  /// A probe beyond what the server seemed to accept: the level to return to, and the answers since.
  private var probe: (returnLevel: Double, ceiling: Double?, answered: Int, refused: Int)?
  private var fallsUntilProbe = fallsBeforeProbe
  private var probeInterval = fallsBeforeProbe
  /// The recent share of refused requests, and the share that is considered independent of the load.
  ///
  /// It begins as if one had just been refused, so that the very first refusal counts.
  private var refusedShare = 1 / shareWindow
  private var toleratedShare = singleRefusal

  private var roundBegan: Double?
  private var answered = 0
  private var inFlight = 0
  private var mostInFlight = 0
  /// Whether some request had to wait in this round. If not, the level did not influence the throughput.
  private var wasFull = false
  private var latencies: [String: OperationLatency] = [:]
  private var lastThroughput = 0.0
  /// Whether the last round ended with a fall for slowness, how slow requests were then, and how often in a row such a
  /// fall has not made them faster.
  private var hasJustFallen = false
  private var lastFallSlowness = Double.infinity
  private var fallsInVain = 0
  /// The recent mean latency in seconds.
  private var meanLatency: Double?

  package init(maximum: Int) {
    self.maximum = max(1, maximum)
    level = min(Self.initialLevel, Double(self.maximum))
  }

  /// The number of requests that may be in flight now.
  package var limit: Int { max(1, Int(level)) }

  /// Records that a request has to wait because of the limit.
  package mutating func noteFull() { wasFull = true }

  /// Records that a request begins.
  ///
  /// - Returns: the number to pass to `requestEnded`.
  package mutating func requestBegan(at now: Double) -> Int {
    if roundBegan == nil { roundBegan = now }
    pace?.take(at: now)
    nextSequence += 1
    inFlight += 1
    mostInFlight = max(mostInFlight, inFlight)
    return nextSequence
  }

  /// - Parameters:
  ///   - operation: the API operation; each has latencies of its own.
  ///   - seconds: its duration.
  package mutating func requestEnded(
    _ sequence: Int, operation: String, outcome: Outcome, seconds: Double, at now: Double
  ) {
    inFlight -= 1
    switch outcome {
    case .failed: return
    case .throttled:
      refusedShare += (1 - refusedShare) / Self.shareWindow
      series?.refused += 1
      answeredInARow = 0
      if sequence > ignoredUntilSequence { probe?.refused += 1 }
      if probe != nil { lookAtProbe(at: now) } else { noteThrottled(sequence, at: now) }
    case .answered:
      refusedShare -= refusedShare / Self.shareWindow
      series?.answered += 1
      answeredInARow += 1
      if answeredInARow >= Self.calmAnswers { series = nil }
      if probe != nil, sequence > ignoredUntilSequence {
        probe?.answered += 1
        lookAtProbe(at: now)
      }
      meanLatency = meanLatency.map { $0 + (seconds - $0) / 16 } ?? seconds
      latencies[operation, default: OperationLatency()].add(seconds)
      answered += 1
      if answered >= max(limit, Self.fewestAnswers), let began = roundBegan, now - began >= Self.shortestRoundSeconds {
        endRound(seconds: now - began, at: now)
      }
    }
  }

  private mutating func noteThrottled(_ sequence: Int, at now: Double) {
    guard sequence > ignoredUntilSequence, refusedShare > toleratedShare else { return }
    guard !takesForRandom() else { return }
    fallsUntilProbe -= 1
    if fallsUntilProbe <= 0, refusedShare <= Self.highestRandomShare, level <= Self.highestProbedLevel,
      level * Self.probeFactor <= Double(maximum)
    {
      probe = (level * 0.85, level, 0, 0)
      ignoredUntilSequence = nextSequence
      setLevel(level * Self.probeFactor)
      beginRound(at: now)
      return
    }
    ceiling = level
    setLevel(level * (isStarting ? 0.5 : 0.85))
    isStarting = false
    ignoredUntilSequence = nextSequence
    lastThroughput = 0
    beginRound(at: now)
  }

  /// Whether falling has shown that refusals do not depend on the load. The level then returns to where it was, and
  /// only a higher share of refusals makes it fall.
  private mutating func takesForRandom() -> Bool {
    guard let began = series, let ceiling, level < ceiling * Self.earlyLevel else {
      series = (level, 0, 1)
      return false
    }
    guard level <= began.level * Self.telltaleFall, began.refused >= Self.telltaleRefusals,
      began.answered >= Self.telltaleAnswers
    else { return false }
    let share = Double(began.refused) / Double(began.answered + began.refused)
    series = nil
    guard share <= Self.highestRandomShare else { return false }
    tolerate(share, level: began.level)
    return true
  }

  /// From now on only a higher share of refusals makes the level fall; it may grow again.
  private mutating func tolerate(_ share: Double, level: Double) {
    toleratedShare = max(toleratedShare, 2 * share + 0.01)
    refusedShare = share
    ceiling = nil
    isStarting = true
    lastThroughput = 0
    fallsUntilProbe = probeInterval
    setLevel(level)
  }

  /// Ends the probe once it has shown whether there is a limit.
  private mutating func lookAtProbe(at now: Double) {
    guard let probe else { return }
    let count = probe.answered + probe.refused
    let share = Double(probe.refused) / Double(max(1, count))
    let isLimited = probe.refused >= Self.telltaleRefusals && share > Self.refusedShareOfLimit
    guard isLimited || count >= max(Self.probeRequests, limit) else { return }
    self.probe = nil
    guard isLimited else {
      tolerate(max(share, refusedShare), level: level)
      return
    }
    probeInterval *= 2
    fallsUntilProbe = probeInterval
    ceiling = probe.ceiling
    setLevel(probe.returnLevel)
    ignoredUntilSequence = nextSequence
    lastThroughput = 0
    beginRound(at: now)
  }

  private mutating func endRound(seconds: Double, at now: Double) {
    let throughput = Double(answered) / seconds
    let slowness = slowness()
    defer { beginRound(at: now) }
    guard probe == nil else { return }
    // The tolerated share follows the observed one.
    toleratedShare = max(Self.singleRefusal, toleratedShare + min(0, (2 * refusedShare + 0.01 - toleratedShare) / 20))
    if hasJustFallen {
      // These answers still belong to the excess requests.
      hasJustFallen = false
      return
    }
    // A level that was not used up has not been tested.
    if !wasFull { level = min(level, max(Self.initialLevel, Double(mostInFlight))) }
    if slowness > 2, throughput < lastThroughput * 1.05 {
      fallForSlowness(slowness)
    } else if !wasFull, pace == nil {
      return
    } else if isStarting {
      if throughput > lastThroughput * 1.2 || slowness < 1.3 { setLevel(level * 2) } else { isStarting = false }
    } else if slowness < 1.5 || throughput > lastThroughput * 1.05 {
      setLevel(level + step)
    }
    lastThroughput = throughput
  }

  /// Too many in flight only wait longer. But if fewer do not become faster, the server itself is slower now.
  private mutating func fallForSlowness(_ slowness: Double) {
    isStarting = false
    hasJustFallen = true
    fallsInVain = slowness > 0.95 * lastFallSlowness ? fallsInVain + 1 : 0
    lastFallSlowness = slowness
    guard fallsInVain < Self.maximumFallsInVain else {
      for operation in latencies.keys { latencies[operation]?.best = nil }
      (fallsInVain, lastFallSlowness) = (0, .infinity)
      return
    }
    setLevel(level * 0.8)
  }

  /// The increase for a round: small close to where the server throttled, so that the limit is met seldom and gently.
  private var step: Double {
    let usual = max(1, Double(maximum) / 64)
    guard let ceiling else { return usual }
    return min(usual, max(ceiling / 48, 0.01))
  }

  private mutating func setLevel(_ value: Double) {
    level = min(max(value, Self.minimumLevel), Double(maximum))
    // The server throttled at a much lower level: it has changed.
    if let ceiling, level > ceiling * 1.25 { self.ceiling = nil }
    guard ceiling != nil, let meanLatency else {
      pace = nil
      return
    }
    // With many requests, the spread need not be exact.
    let perSecond = level / max(meanLatency, 0.001) * (level < Self.pacedLevel ? 1 : 1.25)
    if pace == nil { pace = RateLimit(perSecond: perSecond) } else { pace?.perSecond = perSecond }
  }

  private mutating func beginRound(at now: Double) {
    roundBegan = now
    answered = 0
    wasFull = false
    mostInFlight = inFlight
  }

  /// How many times longer requests took in this round than in the fastest one; 1 if there is nothing to compare.
  private mutating func slowness() -> Double {
    var (ratios, count) = (0.0, 0)
    for (operation, latency) in latencies where latency.count > 0 {
      let mean = latency.sum / Double(latency.count)
      ratios += latency.best.map { mean / $0 * Double(latency.count) } ?? Double(latency.count)
      count += latency.count
      latencies[operation] = OperationLatency(best: min(latency.best ?? mean, mean))
    }
    return count == 0 ? 1 : ratios / Double(count)
  }
}
