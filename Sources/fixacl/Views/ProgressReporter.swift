internal import Dispatch
internal import AWSKit

/// Shows from time to time what is going on: on a terminal a line that changes, elsewhere a line every 5 seconds.
final class ProgressReporter {
  /// Where a run is.
  struct State {
    /// What has been done, in words.
    var text: String
    /// The objects done.
    var done: Int
    /// How many there will have been; nil as long as nobody knows.
    var total: Int?
  }

  private let timer: any DispatchSourceTimer

  /// - Parameter state: called on a queue of the reporter's own.
  init(isQuiet: Bool, throttle: Throttle, state: @escaping @Sendable () -> State) {
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "fixacl.progress"))
    let interval: DispatchTimeInterval = Console.shared.isTerminal ? .milliseconds(200) : .seconds(5)
    // Soon after the beginning, whoever waits wants to see that something is going on.
    timer.schedule(deadline: .now() + (Console.shared.isTerminal ? interval : .seconds(2)), repeating: interval)
    var speed = Speed(startingAt: Clock.seconds())
    timer.setEventHandler {
      guard !isQuiet else { return }
      let state = state()
      let statistics = throttle.statistics
      speed.note(done: state.done, requests: statistics.requests, at: Clock.seconds())
      // What matters most comes first: a terminal may be too narrow for the rest.
      var text = state.text + ", \(RunFigures.rate(speed.objects))/s"
      if let total = state.total, let left = speed.secondsLeft(for: total - state.done) {
        text += ", about \(Quantity.duration(seconds: left)) left"
      }
      text += RunFigures.throttling(statistics) + ", \(RunFigures.rate(speed.requests)) requests/s"
      Console.shared.progress(text + ", \(Quantity.count(throttle.inFlight)) in flight")
    }
    timer.activate()
    self.timer = timer
  }

  func finish() {
    timer.cancel()
    Console.shared.endProgress()
  }
}

/// What progress and summary say in the same words.
enum RunFigures {
  /// How often the server asked for patience; nothing where it did not.
  static func throttling(_ statistics: Throttle.Statistics) -> String {
    statistics.throttled == 0 ? "" : ", throttled \(Quantity.count(statistics.throttled, "time"))"
  }

  /// The end of a summary: requests, time, and both as rates over the whole run.
  static func summary(_ statistics: Throttle.Statistics, objects: Int, seconds: Double) -> String {
    let time = max(seconds, 0.001)
    return "\(Quantity.count(statistics.requests, "request"))" + throttling(statistics)
      + " in \(Quantity.duration(seconds: seconds))"
      + " (\(rate(Double(objects) / time)) objects/s, \(rate(Double(statistics.requests) / time)) requests/s)"
  }

  /// A number a second, with a decimal where it is small.
  static func rate(_ perSecond: Double) -> String {
    perSecond < 10 && perSecond > 0 ? "\((perSecond * 10).rounded() / 10)" : Quantity.count(Int(perSecond.rounded()))
  }
}

/// How fast a run has been of late: over the last ten seconds, or since it began.
struct Speed {
  private struct Sample {
    let time: Double
    var done = 0
    var requests = 0
  }

  private static let windowSeconds = 10.0
  /// What is left is not guessed from less.
  private static let groundSeconds = 3.0

  private var samples: [Sample]
  /// Objects and requests a second.
  private(set) var objects = 0.0
  private(set) var requests = 0.0

  init(startingAt time: Double) {
    samples = [Sample(time: time)]
  }

  mutating func note(done: Int, requests: Int, at time: Double) {
    samples.append(Sample(time: time, done: done, requests: requests))
    // One that is older than the window stays, for the window to begin with.
    while samples.count > 2, samples[1].time <= time - Self.windowSeconds { samples.removeFirst() }
    let elapsed = max(time - samples[0].time, 0.001)
    objects = Double(done - samples[0].done) / elapsed
    self.requests = Double(requests - samples[0].requests) / elapsed
  }

  /// Seconds that so many objects will take at this speed; nil where there is no ground to say.
  func secondsLeft(for objects: Int) -> Double? {
    guard let last = samples.last, last.time - samples[0].time >= Self.groundSeconds, self.objects > 0, objects > 0
    else { return nil }
    return Double(objects) / self.objects
  }
}
