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
