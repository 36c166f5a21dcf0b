@testable import AWSKit

/// A server in simulated time: how long it takes for an answer, and how many a second it gives before it throttles.
struct SimulatedServer {
  /// Seconds of an answer, from how many are in flight.
  var latency: (Int) -> Double = { _ in 0.05 }
  /// How far a latency may be from that, as a part of it; each one is chosen at random.
  var noise = 0.0
  /// So many at once are worked on, for so many seconds each, before the latency begins; the others wait in line.
  var workers: (count: Int, seconds: Double)?
  /// Requests a second; more are throttled.
  var limit: Double?
  /// Requests at once; more are throttled.
  var places: Int?
  /// The part of requests that is throttled whatever the load.
  var randomShare = 0.0
  /// Seconds of an answer that throttles.
  var refusalSeconds = 0.005
  /// Of the dice.
  var seed: UInt32 = 1

  /// What a controller achieved.
  struct Result {
    var answered = 0
    var throttled = 0
    /// The most in flight at once.
    var most = 0
    var limit = 0
    /// The mean number in flight.
    var mean = 0.0
    /// When it ended.
    var end = 0.0

    var share: Double { Double(throttled) / Double(max(1, answered + throttled)) }
  }

  private struct InFlight {
    let end: Double
    let ticket: AdaptiveLimit.Ticket
    let operation: String
    let isThrottled: Bool
  }

  /// A linear congruential generator: the same dice every time.
  private struct Dice {
    var state: UInt32

    /// In 0..<1.
    mutating func roll() -> Double {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Double(state) / 4_294_967_296
    }
  }

  /// Sends as many requests as a controller lets through.
  ///
  /// - Parameters:
  ///   - start: where the clock stands, in seconds.
  ///   - from: what comes before is not counted.
  ///   - demand: the tasks that send one request after another.
  ///   - requests: it ends after so many answers.
  ///   - operations: what each task asks for in turns, with a factor for the latency.
  func run(
    _ controller: inout AdaptiveLimit, start: Double = 0, seconds: Double, from: Double = 0, demand: Int = 2000,
    requests: Int = .max, operations: [(name: String, kind: RequestKind, factor: Double)] = [("GetObjectAcl", .read, 1)]
  ) -> Result {
    var result = Result()
    var inFlight: [InFlight] = []
    // How many tasks wait for each operation.
    var waiting = [Int](repeating: demand / operations.count, count: operations.count)
    var now = start
    var tokens = limit.map { $0 * 0.25 } ?? 0
    var refilled = start
    var places = 0
    var area = 0.0
    var dice = Dice(state: seed)
    var free = [Double](repeating: 0, count: workers?.count ?? 0)
    while now < start + seconds, result.answered < requests {
      var wait = Double.infinity
      // The last operations first: they complete what has been begun.
      for number in operations.indices.reversed() {
        let operation = operations[number]
        while waiting[number] > 0 {
          if let obstacle = controller.obstacle(for: operation.kind, at: now) {
            if case .pace(let seconds) = obstacle { wait = min(wait, seconds) }
            break
          }
          waiting[number] -= 1
          let ticket = controller.requestBegan(operation.kind, at: now)
          var isThrottled = false
          if let limit {
            tokens = min(limit * 0.25, tokens + (now - refilled) * limit)
            refilled = now
            isThrottled = tokens < 1
            if !isThrottled { tokens -= 1 }
          }
          if let most = self.places, places >= most { isThrottled = true }
          if dice.roll() < randomShare { isThrottled = true }
          var time = refusalSeconds
          if !isThrottled {
            places += 1
            time = latency(inFlight.count + 1) * operation.factor * (1 + noise * (2 * dice.roll() - 1))
            if let workers, let next = free.indices.min(by: { free[$0] < free[$1] }) {
              free[next] = max(now, free[next]) + workers.seconds * (1 + noise * (2 * dice.roll() - 1))
              time += free[next] - now
            }
          }
          let request = InFlight(end: now + time, ticket: ticket, operation: operation.name, isThrottled: isThrottled)
          // The next to end is the last.
          var (low, high) = (0, inFlight.count)
          while low < high {
            let middle = (low + high) / 2
            if inFlight[middle].end > request.end { low = middle + 1 } else { high = middle }
          }
          inFlight.insert(request, at: low)
          result.most = max(result.most, inFlight.count)
        }
      }
      // Time goes on to the next answer, or to when the pace allows more.
      let then = max(now, min(inFlight.last?.end ?? .infinity, now + max(wait, 0.0001)))
      if now >= from { area += Double(inFlight.count) * (then - now) }
      now = then
      while let request = inFlight.last, request.end <= now {
        inFlight.removeLast()
        controller.requestEnded(
          request.ticket, operation: request.operation, outcome: request.isThrottled ? .throttled : .answered, at: now)
        if !request.isThrottled { places -= 1 }
        let number = operations.firstIndex { $0.name == request.operation } ?? 0
        waiting[request.isThrottled ? number : (number + 1) % operations.count] += 1
        guard now >= from else { continue }
        if request.isThrottled { result.throttled += 1 } else { result.answered += 1 }
      }
    }
    // The next run begins with none in flight.
    for request in inFlight {
      controller.requestEnded(request.ticket, operation: request.operation, outcome: .failed, at: now)
    }
    result.limit = controller.limit(of: operations[0].kind)
    result.mean = area / max(0.001, now - max(start, from))
    result.end = now
    return result
  }
}
