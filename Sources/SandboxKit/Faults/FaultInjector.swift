internal import AWSKit

/// Decides what goes wrong: by rules, by a fixed delay, and by rates as S3 limits them. Seeded, so that a run of the
/// same requests in the same order can be repeated.
struct FaultInjector: Sendable {
  /// What happens to one request.
  struct Decision: Sendable {
    var fault: FaultRule.Fault?
    var delayMilliseconds = 0.0
  }

  /// Tried in order; delays add up, and of the other faults the first that happens counts.
  var rules: [FaultRule] = []
  /// Of every answer, in milliseconds.
  var delay = FaultRule.Delay.fixed(0)
  var limits: RateLimits?
  private var random: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed ^ 0x6661_756c_7473)
  }

  /// - Parameter moment: seconds of a clock that does not go back.
  mutating func decide(
    _ operation: String, isWrite: Bool, bucket: String?, key: ObjectKey?, at moment: Double
  ) -> Decision {
    var decision = Decision(delayMilliseconds: delay.milliseconds(using: &random))
    for index in rules.indices where rules[index].fits(operation, key: key) {
      guard rules[index].remaining != 0, decision.fault == nil || rules[index].fault == .delay else { continue }
      guard rules[index].probability >= 1 || Double.random(in: 0..<1, using: &random) < rules[index].probability else {
        continue
      }
      if let remaining = rules[index].remaining { rules[index].remaining = remaining - 1 }
      if rules[index].fault == .delay {
        decision.delayMilliseconds += rules[index].delay.milliseconds(using: &random)
      } else {
        decision.fault = rules[index].fault
      }
    }
    if decision.fault == nil, let bucket, limits?.takes(isWrite: isWrite, bucket: bucket, key: key, at: moment) == false
    {
      decision.fault = .slowdown
    }
    return decision
  }
}
