/// Finds how many requests in flight bring something. More only wait in line, at the server or in this program.
///
/// - level: how many may be in flight.
/// - round: as many answers as may be in flight, about as long as one request takes.
/// - start: each answer that is not late lets one more request begin, so the level doubles in a round.
/// - slowness: how many times longer answers take than in the best round.
/// - trial: a lower level for a round. It makes answers faster if requests wait in line, and not if the server always
///   takes that long.
struct LoadLimit: Sendable {
  /// The latencies of one operation: of this round so far, and the means of the last and the best round.
  private struct OperationLatency: Sendable {
    var sum = 0.0
    var count = 0
    var last: Double?
    var best: Double?

    var mean: Double { sum / Double(count) }
  }

  private struct Trial: Sendable {
    /// The level before.
    let level: Double
    /// How many were in flight before the first of several trials, and how slow answers were then.
    let used: Double
    let slowness: Double
  }

  /// A round has at least this duration and this many answers, more in a trial; less would be chance.
  private static let shortestRoundSeconds = 0.015
  private static let fewestAnswers = 8
  private static let fewestAnswersInTrial = 64

  /// Answers that take this many times longer than in the last round are late, or than in the best one.
  private static let late = 1.5
  private static let tooLate = 2.5
  /// The start goes on as long as throughput grows by this in a round, in which the level doubles.
  private static let startGrowth = 1.25
  /// The level grows up to the first slowness. The second is a reason for a trial: about as many wait in line as are
  /// worked on.
  private static let slowish = 1.4
  private static let slow = 2.0
  /// How much longer the best round is taken to have been after a trial that made nothing faster. It may have been
  /// chance.
  private static let largestRise = 1.25
  /// What a trial leaves of the level, and the throughput that must be left after all trials in a row: each may cost a
  /// little.
  private static let trialLevel = 0.7
  private static let leftThroughput = 0.92
  /// So few in flight cost little. Fewer may cost more: several answers at once are one wake-up, several records of a
  /// journal one write, and a server on a busy machine gets more of it the more requests it has. On a busy
  /// machine, apply on RadosGW took a third longer with trials down to 16 than without any.
  private static let fewest = 64.0

  private let maximum: Double
  private let initialLevel: Double
  private var level: Double
  private var isStarting = true
  private var trial: Trial?
  private var inFlight = 0

  private var nextSequence = 0
  /// Requests up to this one began before the level changed, and say nothing about it.
  private var settledSequence = 0
  private var answersToSettle = 0

  /// Nil while the level settles.
  private var roundBegan: Double?
  /// The level at the beginning of the round.
  private var roundLevel: Double
  private var answered = 0
  private var mostInFlight = 0
  /// Whether some request had to wait in this round. If not, the level did not influence the throughput.
  private var wasFull = false
  private var latencies: [String: OperationLatency] = [:]
  /// Of the start's rounds.
  private var bestThroughput = 0.0

  /// - Parameter initial: the level while nothing is known.
  init(maximum: Int, initial: Int) {
    self.maximum = Double(maximum)
    initialLevel = Double(min(initial, maximum))
    level = initialLevel
    roundLevel = initialLevel
  }

  var limit: Int { max(1, Int(level)) }
  var isFull: Bool { inFlight >= limit }

  /// Records that a request has to wait because of the limit. What was before tells nothing of the throughput.
  mutating func noteFull(at now: Double) {
    guard !wasFull else { return }
    wasFull = true
    if roundBegan != nil { (roundBegan, answered) = (now, 0) }
  }

  /// - Returns: the number to pass to `requestEnded`.
  mutating func requestBegan(at now: Double) -> Int {
    if nextSequence == 0 { roundBegan = now }
    nextSequence += 1
    inFlight += 1
    mostInFlight = max(mostInFlight, inFlight)
    return nextSequence
  }

  /// - Parameter answer: nil if there was none that says how long the work takes.
  mutating func requestEnded(_ sequence: Int, answer: (operation: String, seconds: Double)?, at now: Double) {
    inFlight -= 1
    guard let (operation, seconds) = answer, sequence > settledSequence else { return }
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
    if isStarting, wasFull, seconds < Self.late * (latency.last ?? latency.mean),
      seconds < Self.tooLate * (latency.best ?? latency.mean), level < 2 * roundLevel
    {
      level = min(level + 1, maximum)
    }
    let fewest = trial == nil ? Self.fewestAnswers : Self.fewestAnswersInTrial
    if answered >= max(min(Int(roundLevel), mostInFlight), fewest), now - began >= Self.shortestRoundSeconds {
      endRound(seconds: now - began, at: now)
    }
  }

  private mutating func endRound(seconds: Double, at now: Double) {
    let throughput = Double(answered) / seconds
    let (slowness, mean) = slowness()
    // Little's law: how many were in flight. While the level grows, that is less.
    let used = min(level, throughput * mean)
    defer { if roundBegan != nil { beginRound(at: now) } }
    guard wasFull else {
      // Nothing was tested. In the start, the level keeps ahead of a demand that doubles.
      if let trial { change(to: trial.level) }
      trial = nil
      if isStarting { level = min(max(level, 2 * Double(mostInFlight)), maximum) }
      return
    }
    if let trial {
      self.trial = nil
      // Little's law again: what is in flight, over how long that takes, is the throughput.
      if used / slowness >= Self.leftThroughput * trial.used / trial.slowness {
        // Fewer do as well, and perhaps still fewer would.
        if used > Self.fewest { tryLess(than: used, slowness, after: trial) }
      } else {
        for (operation, latency) in latencies {
          guard let last = latency.last, let best = latency.best else { continue }
          latencies[operation]?.best = min(last, Self.largestRise * best)
        }
        change(to: trial.level)
      }
    } else if isStarting {
      isStarting = throughput > Self.startGrowth * bestThroughput && limit < Int(maximum)
      bestThroughput = max(bestThroughput, throughput)
      if !isStarting, limit < Int(maximum), used > Self.fewest { tryLess(than: used, slowness) }
    } else if slowness >= Self.slow, used > Self.fewest {
      tryLess(than: used, slowness)
    } else if slowness < Self.slowish {
      level = min(level + max(0.25, level / 8), maximum)
    }
  }

  /// Begins a trial.
  private mutating func tryLess(than used: Double, _ slowness: Double, after first: Trial? = nil) {
    trial = Trial(level: level, used: first?.used ?? used, slowness: first?.slowness ?? slowness)
    change(to: max(used * Self.trialLevel, Self.fewest))
  }

  /// Changes the level, and judges only by the requests that begin from now on.
  private mutating func change(to value: Double) {
    level = min(max(value, 1), maximum)
    settledSequence = nextSequence
    answersToSettle = limit
    for (operation, latency) in latencies {
      latencies[operation] = OperationLatency(last: latency.last, best: latency.best)
    }
    roundBegan = nil
  }

  private mutating func beginRound(at now: Double) {
    roundBegan = now
    roundLevel = level
    answered = 0
    wasFull = false
    mostInFlight = inFlight
  }

  /// How many times longer requests took in this round than in the best one, 1 if there is nothing to compare; and how
  /// long they took.
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
