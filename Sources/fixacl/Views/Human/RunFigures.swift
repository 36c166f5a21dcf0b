internal import AWSKit

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
