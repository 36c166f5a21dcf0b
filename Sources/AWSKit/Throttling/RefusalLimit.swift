/// Finds how many requests of one kind the server allows, if it refuses some.
///
/// - level: how many may be in flight. If the server allows only a few, it is a fraction, and a pace enforces it.
/// - ceiling: the level at which too many were refused last. The level comes back to it fast at first, slowly near to
///   it, and faster again the farther it is beyond.
/// - trial: a lower level until enough requests show what it changes. It ends the refusals if there is a limit, and not
///   if they come at random. Then their share is background, and the limit is lifted.
struct RefusalLimit: Sendable {
  private struct Ceiling: Sendable {
    var level: Double
    /// The ceiling of before the level fell several times without coming back.
    var top: Double
    /// Where the level returns if the refusals turn out to be background; nil for no limit.
    var origin: Double?
    /// The requests until the trial is over; 0 if there is none.
    var trialRequests = 0
    /// How often the ceiling may be met until there is another trial, and how often after that.
    var meetings = 1
    var meetingsBetweenTrials = 1
    /// The requests at a level so low that a limit at `top` would not be felt.
    var below = Refusals.Share()

    var isOnTrial: Bool { trialRequests > 0 }
  }

  private static let lowestLevel = 0.1
  /// Below this level the pace enforces it, not the number of requests in flight.
  private static let pacedLevel = 8.0
  /// A round has at least this duration and this many answers.
  private static let shortestRoundSeconds = 0.02
  private static let fewestAnswers = 8

  /// What a trial leaves of the level: of one that was never refused before, and of others.
  private static let firstTrialLevel = 0.5
  private static let trialLevel = 0.6
  /// The first trial begins from what was in flight, or from this. A single refusal of the first requests of a run would
  /// otherwise leave less than one.
  private static let fewestBefore = 32.0
  /// What meeting a known limit leaves.
  private static let fall = 0.85
  /// Below this part of where a limit may be, it is not felt.
  private static let belowLevel = 0.6
  /// A trial has this many requests: six are refused if there are as many refusals as before.
  private static let trialRequests = 100.0...300.0
  private static let trialRefusals = 6.0
  /// If so much was refused, few requests show whether it still is.
  private static let outage = 0.3
  private static let trialRequestsOfOutage = 20
  /// A limit is doubted at least every so many times it is met.
  private static let mostMeetings = 64
  /// A higher share is overload, whatever else it may be.
  private static let highestBackground = 0.08

  private let maximum: Double
  /// The rate at which requests may begin; nil for no limit.
  private(set) var pace: RateLimit?
  /// Nil if there is no ceiling.
  private var level: Double?
  private var ceiling: Ceiling?
  private var refusals = Refusals()
  /// The requests that are not below a ceiling.
  private var above = Refusals.Share()
  private var inFlight = 0

  private var nextSequence = 0
  /// Requests up to this one began before the level changed, and say nothing about it.
  private var settledSequence = 0
  /// The last request that was counted.
  private var countedSequence = 0

  private var roundBegan = 0.0
  private var answered = 0
  private var mostInFlight = 0
  /// Whether some request had to wait in this round.
  private var wasFull = false
  /// The recent mean latency in seconds.
  private var meanLatency: Double?

  init(maximum: Int) {
    self.maximum = Double(maximum)
  }

  var limit: Int { max(1, Int(level ?? maximum)) }
  var isFull: Bool { inFlight >= limit }

  /// Records that a request has to wait because of the limit.
  mutating func noteFull() { wasFull = true }

  /// - Returns: the number to pass to `requestEnded`.
  mutating func requestBegan(at now: Double) -> Int {
    pace?.take(at: now)
    nextSequence += 1
    inFlight += 1
    mostInFlight = max(mostInFlight, inFlight)
    return nextSequence
  }

  mutating func requestEnded(_ sequence: Int, outcome: AdaptiveLimit.Outcome, seconds: Double, at now: Double) {
    inFlight -= 1
    guard outcome != .failed else { return }
    if outcome == .answered { meanLatency = meanLatency.map { $0 + (seconds - $0) / 16 } ?? seconds }
    guard sequence > settledSequence else { return }
    count(upTo: sequence)
    guard outcome == .answered else { return noteRefused() }
    answered += 1
    guard answered >= max(min(limit, mostInFlight), Self.fewestAnswers),
      now - roundBegan >= Self.shortestRoundSeconds
    else { return }
    if wasFull || pace != nil, !refusals.areSuspicious { grow() }
    (roundBegan, answered, wasFull, mostInFlight) = (now, 0, false, inFlight)
  }

  /// Whether the level is so low that a limit at the ceiling would not be felt.
  private var isBelow: Bool {
    guard let ceiling, let level else { return false }
    return ceiling.isOnTrial || level <= Self.belowLevel * ceiling.top
  }

  /// Counts requests by their order of beginning: refusals may come sooner than answers, and would be many at first.
  private mutating func count(upTo sequence: Int) {
    let count = sequence - countedSequence
    guard count > 0 else { return }
    countedSequence = sequence
    refusals.add(count)
    if isBelow { ceiling?.below.add(count) } else { above.add(count) }
    guard let ceiling, ceiling.isOnTrial else { return }
    self.ceiling?.trialRequests = max(0, ceiling.trialRequests - count)
    guard ceiling.trialRequests <= count else { return }
    // Either the refusals have ended, or nearly.
    if !toleratesBackground() { change(to: ceiling.top * Self.fall) }
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
    if toleratesBackground() { return }
    if !ceiling.isOnTrial {
      if refusals.areTooMany { meetLimit() }
    } else if Double(ceiling.below.refused) >= 3 + 2 * Self.highestBackground * Double(ceiling.below.requests) {
      // It still is far too much.
      above = ceiling.below
      tryLess()
    }
  }

  /// Lifts the limit if a lower level has more refusals than the background, and not much fewer than a higher one.
  ///
  /// - Returns: whether it did.
  private mutating func toleratesBackground() -> Bool {
    guard let ceiling, Double(ceiling.below.requests) >= Self.trialRequests.lowerBound else { return false }
    let expected = refusals.background * Double(ceiling.below.requests)
    guard ceiling.below.value <= Self.highestBackground, ceiling.below.value >= 0.5 * above.least,
      Double(ceiling.below.refused) >= 2 + expected + expected.squareRoot()
    else { return false }
    refusals.tolerate(ceiling.below.value)
    above = Refusals.Share()
    self.ceiling = ceiling.origin.map { Ceiling(level: $0, top: $0, origin: $0) }
    change(to: ceiling.origin)
    return true
  }

  private mutating func meetLimit() {
    // Far below the ceiling it is another limit, if it is one.
    guard var ceiling, let level, level > 0.5 * ceiling.top else { return tryLess() }
    if level > 0.95 * ceiling.level {
      (ceiling.top, ceiling.origin) = (level, level)
      ceiling.meetings -= 1
    }
    ceiling.level = level
    self.ceiling = ceiling
    if ceiling.meetings > 0 { change(to: level * Self.fall) } else { tryLess() }
  }

  /// Begins a trial.
  private mutating func tryLess() {
    let before = level ?? max(Double(mostInFlight), min(Self.fewestBefore, maximum))
    var next = Ceiling(level: before, top: before, origin: ceiling?.origin)
    // What lasts through a trial may be an outage: once it is over, the way back is fast up to where it began.
    if let ceiling, ceiling.isOnTrial { next.level = max(before, ceiling.level) }
    if let ceiling, ceiling.meetings <= 0 {
      next.meetingsBetweenTrials = min(2 * ceiling.meetingsBetweenTrials, Self.mostMeetings)
      next.meetings = next.meetingsBetweenTrials
      next.below = ceiling.below
    }
    let enough = Self.trialRefusals / above.value
    next.trialRequests =
      above.value >= Self.outage
      ? Self.trialRequestsOfOutage
      : Int(min(max(enough, Self.trialRequests.lowerBound), Self.trialRequests.upperBound))
    ceiling = next
    change(to: before * (level == nil ? Self.firstTrialLevel : Self.trialLevel))
  }

  /// Ends a round with a higher level.
  private mutating func grow() {
    guard let ceiling, let level, !ceiling.isOnTrial else { return }
    let higher = level + max(ceiling.level / 64, abs(ceiling.level - level) / 4)
    if higher < maximum { set(higher) } else { set(nil) }
  }

  /// Changes the level, and judges only by the requests that begin from now on.
  private mutating func change(to value: Double?) {
    set(value)
    settledSequence = nextSequence
    countedSequence = nextSequence
    refusals.forgive()
  }

  private mutating func set(_ value: Double?) {
    level = value.map { max($0, Self.lowestLevel) }
    guard let level, let meanLatency else {
      if value == nil { ceiling = nil }
      pace = nil
      return
    }
    // With many requests, the spread need not be exact.
    let perSecond = level / max(meanLatency, 0.001) * (level < Self.pacedLevel ? 1 : 1.25)
    if pace == nil { pace = RateLimit(perSecond: perSecond) } else { pace?.perSecond = perSecond }
  }
}
