@testable import AWSKit

/// A server in simulated time: how long it takes for an answer, and how many a second it gives before it throttles.
struct SimulatedServer {
  /// Seconds of an answer, from how many are in flight.
  var latency: (Int) -> Double = { _ in 0.05 }
  /// Requests a second; more are throttled at once.
  var limit: Double?

  /// The part of requests that is throttled at once whatever the load.
  var randomShare = 0.0
  /// Of the dice.
  var seed: UInt32 = 1

  /// What a controller achieved.
  struct Result {
    var answered = 0
    var throttled = 0
    /// The most in flight at once.
    var most = 0
    var limit = 0

    var share: Double { Double(throttled) / Double(answered + throttled) }
  }

  /// Sends as many requests as a controller lets through.
  ///
  /// - Parameters:
  ///   - operations: taken in turns, with a factor for their latency.
  ///   - start: where the clock stands, in seconds.
  ///   - from: what comes before is not counted.
  func run(
    _ controller: inout AdaptiveLimit, start: Double = 0, seconds: Double, from: Double = 0, demand: Int = .max,
    operations: [(String, Double)] = [("GetObjectAcl", 1)]
  ) -> Result {
    var result = Result()
    var inFlight: [(end: Double, began: Double, sequence: Int, operation: String, isThrottled: Bool)] = []
    var now = start
    var tokens = limit.map { $0 * 0.25 } ?? 0
    var refilled = start
    var count = 0
    // A linear congruential generator: the same dice every time.
    var dice = seed
    while now < start + seconds {
      while inFlight.count < demand {
        guard inFlight.count < controller.limit else {
          controller.noteFull()
          break
        }
        if (controller.pace?.wait(at: now) ?? 0) > 0 { break }
        let sequence = controller.requestBegan(at: now)
        var isThrottled = false
        if let limit {
          tokens = min(limit * 0.25, tokens + (now - refilled) * limit)
          refilled = now
          isThrottled = tokens < 1
          if !isThrottled { tokens -= 1 }
        }
        dice = dice &* 1_664_525 &+ 1_013_904_223
        if Double(dice) / 4_294_967_296 < randomShare { isThrottled = true }
        let operation = operations[count % operations.count]
        count += 1
        let time = isThrottled ? 0.005 : latency(inFlight.count + 1) * operation.1
        let end = now + time
        // The next to end is the last.
        var (low, high) = (0, inFlight.count)
        while low < high {
          let middle = (low + high) / 2
          if inFlight[middle].end > end { low = middle + 1 } else { high = middle }
        }
        inFlight.insert((end, now, sequence, operation.0, isThrottled), at: low)
        result.most = max(result.most, inFlight.count)
      }
      // Time goes on to the next answer, or to when the pace allows more.
      let next = inFlight.last?.end ?? .infinity
      let allowed =
        inFlight.count < min(controller.limit, demand) ? now + (controller.pace?.wait(at: now) ?? 0) : .infinity
      now = max(now, min(next, max(allowed, now + 0.0001)))
      while let request = inFlight.last, request.end <= now {
        inFlight.removeLast()
        controller.requestEnded(
          request.sequence, operation: request.operation, outcome: request.isThrottled ? .throttled : .answered,
          seconds: now - request.began, at: now)
        guard now >= from else { continue }
        if request.isThrottled { result.throttled += 1 } else { result.answered += 1 }
      }
    }
    result.limit = controller.limit
    return result
  }
}
