/// Tunes how many requests of one kind may be in flight: up while throughput grows, down if the server refuses more
/// than it would refuse anyway, or if more in flight only wait longer.
///
/// A plain value that is told of each request and the time; `RequestGate` carries out its decisions. All times are
/// seconds of one clock.
///
/// - level: how many may be in flight. If the server allows only a few, it is a fraction, and a pace enforces it.
/// - round: as many answers as may be in flight, about as long as one request takes.
/// - start: each answer that is not late lets one more request begin, so the level doubles in a round.
/// - slowness: how many times longer answers take than in the best round.
/// - trial: a lower level for a while, to see what the higher one brings. A lower level ends refusals if there is a
///   limit, and not if they come at random. It makes answers faster if requests waited in line, and not if the server
///   always takes that long.
/// - ceiling: the level at which too many were refused. The level comes back to it fast at first, and slowly near to it.
package struct AdaptiveLimit: Sendable {
  /// How a request ended, as far as it says something about the server's load.
  package enum Outcome: Sendable {
    case answered
    /// 503 SlowDown and the like.
    case throttled
    /// There was no answer, or an error that says nothing about load.
    case failed
  }

  /// The latencies of one operation: of this round so far, and the means of the last and the best round.
  private struct OperationLatency: Sendable {
    var sum = 0.0
    var count = 0
    var last: Double?
    var best: Double?

    var mean: Double { sum / Double(count) }
  }

  /// Whether a lower level makes answers faster.
  private struct LoadTrial: Sendable {
    /// The level before, and how slow answers were then.
    let level: Double
    let slowness: Double
    let wasStarting: Bool
  }

  private struct Ceiling: Sendable {
    var level: Double
    /// The ceiling of before the level fell several times without coming back.
    var top: Double
    /// Where the level returns, and how it goes on, if the refusals turn out to be background.
    var origin: Double
    let wasStarting: Bool
    /// Whether the level stays down for a trial.
    var isOnTrial = true
    /// The requests at a level so low that a limit at `top` would not be felt.
    var below = Refusals.Share()
  }

  /// The lowest level.
  private static let minimumLevel = 0.1
  /// Below this level the pace enforces it, not the number of requests in flight.
  private static let pacedLevel = 8.0
  /// A round has at least this duration and this many answers, more in a trial; less would be chance.
  private static let shortestRoundSeconds = 0.02
  private static let fewestAnswers = 8
  private static let fewestAnswersInTrial = 32

  /// Answers that take this many times longer are late. The start does not grow by them.
  private static let late = 1.5
  /// The start goes on as long as throughput grows by this.
  private static let startGrowth = 1.25
  /// The slowness that is a reason for a trial: about as many wait in line as are worked on.
  private static let slow = 2.0
  /// What a trial leaves of the level, of load and of refusals; in the start, refusals halve it.
  private static let trialLevel = 0.7
  private static let startTrialLevel = 0.5
  /// With a trial's level of 0.7, answers are 0.7 times as slow if all waited in line. At most 0.8 counts as that.
  private static let lineShare = 0.77

  /// So few in flight cost nothing.
  private static let fewestInLine = 6.0

  /// What a known limit leaves of the level.
  private static let fall = 0.85
  /// Below this part of where a limit may be, it is not felt.
  private static let belowLevel = 0.75
  /// A trial of refusals has this many requests: six are refused if there are as many refusals as before.
  private static let trialRequests = 100.0...300.0
  private static let trialRefusals = 6.0
  /// A higher share is overload, whatever else it may be.
  private static let highestBackground = 0.08
  /// A ceiling counts until the level is this far above it.
  private static let goneCeiling = 1.25

  package let maximum: Int
  /// The rate at which requests may begin; nil for no limit.
  package private(set) var pace: RateLimit?
  private let initialLevel: Double
  private var level: Double
  private var isStarting = true
  private var loadTrial: LoadTrial?
  private var ceiling: Ceiling?
  private var refusals = Refusals()
  /// The requests that are not below a ceiling.
  private var above = Refusals.Share()

  private var nextSequence = 0
  /// Requests up to this one began before the level changed, and say nothing about it.
  private var settledSequence = 0
  /// The last request that was counted.
  private var countedSequence = 0

  private var answersToSettle = 0
  /// Nil while the level settles.
  private var roundBegan: Double?
  /// The level at the beginning of the round.
  private var roundLevel: Double
  private var answered = 0
  private var inFlight = 0
  private var mostInFlight = 0
  /// Whether some request had to wait in this round. If not, the level did not influence the throughput.
  private var wasFull = false
  private var latencies: [String: OperationLatency] = [:]
  private var lastThroughput = 0.0
  /// The recent mean latency in seconds.
  private var meanLatency: Double?

  /// - Parameter initial: the level while nothing is known.
  package init(maximum: Int, initial: Int = 32) {
    self.maximum = max(1, maximum)
    initialLevel = Double(min(max(1, initial), self.maximum))
    level = initialLevel
    roundLevel = initialLevel
  }

  /// The number of requests that may be in flight now.
  package var limit: Int { max(1, Int(level)) }

  /// Records that a request has to wait because of the limit.
  package mutating func noteFull() { wasFull = true }

  /// Records that a request begins.
  ///
  /// - Returns: the number to pass to `requestEnded`.
  package mutating func requestBegan(at now: Double) -> Int {
    if nextSequence == 0 { roundBegan = now }
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
    guard outcome != .failed else { return }
    if outcome == .answered { meanLatency = meanLatency.map { $0 + (seconds - $0) / 16 } ?? seconds }
    guard sequence > settledSequence else { return }
    count(upTo: sequence)
    switch outcome {
    case .throttled: noteRefused()
    case .answered, .failed: noteAnswered(operation, seconds: seconds, at: now)
    }
  }

  // MARK: Refusals

  /// Whether the level is so low that a limit at the ceiling would not be felt.
  private var isBelow: Bool { ceiling.map { level <= Self.belowLevel * $0.top } ?? false }

  /// Counts requests by their order of beginning: refusals may come sooner than answers, and would be many at first.
  private mutating func count(upTo sequence: Int) {
    let count = sequence - countedSequence
    guard count > 0 else { return }
    countedSequence = sequence
    refusals.add(count)
    if isBelow { ceiling?.below.add(count) } else { above.add(count) }
    guard let ceiling, ceiling.isOnTrial,
      Double(ceiling.below.requests)
        >= min(max(Self.trialRefusals / above.value, Self.trialRequests.lowerBound), Self.trialRequests.upperBound)
    else { return }
    // The refusals have ended, or nearly.
    self.ceiling?.isOnTrial = false
    change(to: ceiling.top * Self.fall)
  }

  private mutating func noteRefused() {
    refusals.addRefusal()
    guard isBelow else {
      above.addRefusal()
      if refusals.areTooMany { meetLimit() }
      return
    }
    ceiling?.below.addRefusal()
    guard let ceiling else { return }
    if isBackground(ceiling.below) {
      refusals.tolerate(ceiling.below.value)
      self.ceiling = nil
      above = Refusals.Share()
      isStarting = ceiling.wasStarting
      change(to: ceiling.origin)
    } else if !ceiling.isOnTrial {
      if refusals.areTooMany { meetLimit() }
    } else if Double(ceiling.below.refused) >= 3 + 2 * Self.highestBackground * Double(ceiling.below.requests) {
      // It still is far too much.
      above = ceiling.below
      tryLess()
    }
  }

  /// Whether a lower level has more refusals than the background, and not much fewer than a higher one.
  private func isBackground(_ below: Refusals.Share) -> Bool {
    let expected = refusals.background * Double(below.requests)
    return Double(below.requests) >= Self.trialRequests.lowerBound && below.value <= Self.highestBackground
      && below.value >= 0.5 * above.least && Double(below.refused) >= 2 + expected + expected.squareRoot()
  }

  private mutating func meetLimit() {
    // Far below the ceiling it is another limit, if it is one.
    guard var ceiling, level > 0.5 * ceiling.top else { return tryLess() }
    if level > 0.95 * ceiling.level { (ceiling.top, ceiling.origin) = (level, level) }
    ceiling.level = level
    self.ceiling = ceiling
    change(to: level * Self.fall)
  }

  /// Begins a trial of refusals.
  private mutating func tryLess() {
    ceiling = Ceiling(
      level: level, top: level, origin: ceiling?.origin ?? level, wasStarting: ceiling?.wasStarting ?? isStarting)
    loadTrial = nil
    change(to: level * (isStarting ? Self.startTrialLevel : Self.trialLevel))
    isStarting = false
  }

  // MARK: Load

  private mutating func noteAnswered(_ operation: String, seconds: Double, at now: Double) {
    guard let began = roundBegan else {
      // The first answers at a new level are those to the fastest requests.
      answersToSettle -= 1
      if answersToSettle <= 0 { beginRound(at: now) }
      return
    }
    var latency = latencies[operation] ?? OperationLatency()
    latency.sum += seconds
    latency.count += 1
    latencies[operation] = latency
    answered += 1
    if isStarting, wasFull, seconds < Self.late * (latency.last ?? latency.mean), level < 2 * roundLevel,
      !refusals.areSuspicious
    {
      setLevel(level + 1)
    }
    let fewest = loadTrial == nil ? Self.fewestAnswers : Self.fewestAnswersInTrial
    if answered >= max(min(Int(roundLevel), mostInFlight), fewest), now - began >= Self.shortestRoundSeconds {
      endRound(seconds: now - began, at: now)
    }
  }

  private mutating func endRound(seconds: Double, at now: Double) {
    let throughput = Double(answered) / seconds
    let (slowness, mean) = slowness()
    // Little's law: how many were in flight. While the level grows, that is less.
    let used = min(level, throughput * mean)
    let hasGrown = throughput > Self.startGrowth * lastThroughput
    lastThroughput = throughput
    defer { if roundBegan != nil { beginRound(at: now) } }
    guard wasFull || pace != nil else {
      // A level that was not used up has not been tested. In the start it keeps ahead of a demand that doubles.
      loadTrial = nil
      let ahead = max(initialLevel, 2 * Double(mostInFlight))
      if isStarting || ahead < level { setLevel(ahead) }
      return
    }
    if let trial = loadTrial {
      loadTrial = nil
      if slowness <= Self.lineShare * trial.slowness {
        // Fewer wait in line, and perhaps still fewer would do.
        if used > Self.fewestInLine { tryLess(than: used, slowness) }
      } else {
        for (operation, latency) in latencies { latencies[operation]?.best = latency.last ?? latency.best }
        isStarting = trial.wasStarting
        lastThroughput = 0
        change(to: trial.level)
      }
    } else if ceiling?.isOnTrial == true {
      return
    } else if isStarting {
      if !hasGrown { tryLess(than: used, slowness) } else if limit >= maximum { isStarting = false }
    } else if slowness >= Self.slow, used > Self.fewestInLine {
      tryLess(than: used, slowness)
    } else if !refusals.areSuspicious {
      setLevel(level + step)
    }
  }

  /// Begins a trial of the load.
  private mutating func tryLess(than used: Double, _ slowness: Double) {
    loadTrial = LoadTrial(level: level, slowness: slowness, wasStarting: isStarting)
    isStarting = false
    change(to: used * Self.trialLevel)
  }

  /// The increase for a round. Close to where the server refuses more, it is small, so that the limit is met seldom and
  /// gently; the farther beyond, the less is the ceiling believed in.
  private var step: Double {
    guard let ceiling else { return max(0.25, level / 16) }
    return max(ceiling.level / 64, abs(ceiling.level - level) / 4)
  }

  /// Changes the level, and judges anew by the requests that begin from now on.
  private mutating func change(to value: Double) {
    setLevel(value)
    settledSequence = nextSequence
    countedSequence = nextSequence
    refusals.forgive()
    for (operation, latency) in latencies {
      latencies[operation] = OperationLatency(last: latency.last, best: latency.best)
    }
    answersToSettle = limit
    roundBegan = nil
    wasFull = false
  }

  private mutating func setLevel(_ value: Double) {
    level = min(max(value, Self.minimumLevel), Double(maximum))
    if let ceiling, level > ceiling.level * Self.goneCeiling { self.ceiling = nil }
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
    roundLevel = level
    answered = 0
    wasFull = false
    mostInFlight = inFlight
  }

  /// How many times longer requests took in this round than in the best one; 1 if there is nothing to compare.
  private mutating func slowness() -> (slowness: Double, mean: Double) {
    var (ratios, sum, count) = (0.0, 0.0, 0)
    for (operation, latency) in latencies where latency.count > 0 {
      ratios += latency.best.map { latency.mean / $0 * Double(latency.count) } ?? Double(latency.count)
      sum += latency.sum
      count += latency.count
      latencies[operation] = OperationLatency(last: latency.mean, best: min(latency.best ?? latency.mean, latency.mean))
    }
    return count == 0 ? (1, 0) : (ratios / Double(count), sum / Double(count))
  }
}
