import Testing

@testable import AWSKit

@Suite struct RefusalsTests {
  /// Counts requests of which some are refused, evenly spread.
  private static func count(_ refusals: inout Refusals, _ requests: Int, every interval: Int) {
    for number in 1...requests {
      refusals.add(1)
      if number.isMultiple(of: interval) { refusals.addRefusal() }
    }
  }

  @Test func theFirstRequestRefusedIsTooMuch() {
    var refusals = Refusals()
    #expect(!refusals.areTooMany)
    refusals.addRefusal()
    #expect(refusals.areTooMany)
  }

  @Test func oneInHundredsIsNot() {
    var refusals = Refusals()
    Self.count(&refusals, 100_000, every: 300)
    #expect(!refusals.areTooMany)
    refusals.addRefusal()
    refusals.addRefusal()
    #expect(refusals.areTooMany)
    refusals.forgive()
    #expect(!refusals.areTooMany)
  }

  /// As many as the background are no news; far more are.
  @Test(arguments: [20, 33, 100])
  func theBackgroundIsNoReason(interval: Int) {
    var refusals = Refusals()
    refusals.tolerate(1 / Double(interval))
    Self.count(&refusals, 10_000, every: interval)
    #expect(!refusals.areTooMany)
    Self.count(&refusals, 100 * interval, every: interval / 5)
    #expect(refusals.areTooMany)
  }

  @Test func theBackgroundSinks() {
    var refusals = Refusals()
    refusals.tolerate(0.05)
    Self.count(&refusals, 20_000, every: 100)
    #expect((0.009...0.02).contains(refusals.background), "\(refusals.background)")
    Self.count(&refusals, 100_000, every: 1_000_000)
    #expect(refusals.background == 0)
  }

  @Test func aShareForgetsByAndBy() {
    var share = Refusals.Share()
    for _ in 0..<2000 {
      share.add(1)
      share.addRefusal()
    }
    #expect(share.value == 1)
    share.add(20_000)
    #expect(share.value < 0.1)
    #expect(share.least < share.value)
  }
}
