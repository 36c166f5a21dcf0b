internal import FixACLKit

/// What a plan costs, in words.
enum CostView {
  /// The lines of a summary.
  static func lines(_ cost: CostEstimate) -> [String] {
    let apply = cost.apply
    var lines = [
      "apply sends about \(Quantity.count(apply.requests, "request")): \(dollars(apply.dollars)), at least"
        + " \(time(apply.seconds))"
    ]
    if let batch = cost.batch {
      let jobs = cost.jobs.map { Quantity.count($0, "job") } ?? "one job or more"
      lines.append(
        "S3 Batch Operations: \(jobs), \(Quantity.count(batch.requests, "request")), \(dollars(batch.dollars)), at least"
          + " \(time(batch.seconds)); AWS guarantees no time")
    }
    if cost.copyDollars >= 0.005 {
      lines.append(
        "copies cost \(dollars(cost.copyDollars)) more: S3 charges for reading archives, and for the replaced objects until"
          + " their class's minimum time is over")
    }
    lines.append(
      "prices of \(cost.region), \(cost.date) (--prices FILE for others); times are for keys in one S3 partition")
    return lines
  }

  /// The same as sentences, after `note:`.
  static func sentences(_ cost: CostEstimate) -> String {
    let lines = lines(cost)
    return ([lines[0]] + lines.dropFirst().map(\.asSentence)).joined(separator: ". ") + "."
  }

  /// `$0.01`, rounded up; `less than $0.01`.
  private static func dollars(_ value: Double) -> String {
    guard value > 0 else { return Quantity.dollars(thousandths: 0) }
    guard value >= 0.01 else { return "less than \(Quantity.dollars(thousandths: 10))" }
    return Quantity.dollars(thousandths: Int((min(value, 1e12) * 100).rounded(.up)) * 10)
  }

  private static func time(_ seconds: Double) -> String { Quantity.duration(seconds: max(1, min(seconds, 1e12))) }
}
