import Testing

@testable import AWSKit

@Suite struct RefreshScheduleTests {
  private static func schedule(_ seconds: Int?) -> RefreshSchedule {
    RefreshSchedule(
      expiration: seconds.map { Timestamp(seconds: 1000 + $0) }, fetchedAt: Timestamp(seconds: 1000))
  }

  @Test(
    arguments: [
      // An hour: AWS's windows.
      (3600, 0, .none), (3600, 2699, .none), (3600, 2700, .advisory), (3600, 2999, .advisory),
      (3600, 3000, .mandatory), (3600, 3599, .mandatory), (3600, 3600, .ended), (3600, 9999, .ended),
      // Twelve hours: the same.
      (43_200, 42_299, .none), (43_200, 42_300, .advisory), (43_200, 42_600, .mandatory),
      // 'aws login': a quarter of an hour, renewed in the last third.
      (900, 599, .none), (900, 600, .advisory), (900, 700, .mandatory),
      // Very short ones are not renewed at each request.
      (30, 19, .none), (30, 20, .advisory), (30, 24, .mandatory), (1, 0, .none), (1, 1, .ended),
      // None is left.
      (0, 0, .ended), (-5, 0, .ended),
      // They do not end.
      (nil, 0, .none), (nil, 1 << 40, .none),
    ] as [(Int?, Int, RefreshSchedule.Need)])
  func windows(lifetime: Int?, elapsed: Int, need: RefreshSchedule.Need) {
    #expect(Self.schedule(lifetime).need(at: Timestamp(seconds: 1000 + elapsed)) == need)
  }

  @Test func aFailureIsTriedAgainLaterWhileTheyAreGood() {
    var schedule = Self.schedule(3600)
    schedule.postpone(at: Timestamp(seconds: 1000 + 2700))
    #expect(schedule.need(at: Timestamp(seconds: 1000 + 2701)) == .none)
    #expect(schedule.need(at: Timestamp(seconds: 1000 + 2925)) == .advisory)
    #expect(schedule.need(at: Timestamp(seconds: 1000 + 3000)) == .mandatory)
    schedule.postpone(at: Timestamp(seconds: 1000 + 3599))
    #expect(schedule.need(at: Timestamp(seconds: 1000 + 3599)) == .none)
    #expect(schedule.need(at: Timestamp(seconds: 1000 + 3600)) == .ended)
  }
}
