import Testing

@testable import AWSKit

@Suite struct TimestampTests {
  // Each was made with `date -u -d @SECONDS +%Y%m%dT%H%M%SZ`.
  @Test(arguments: [
    (0, "19700101T000000Z"),
    (1, "19700101T000001Z"),
    (86_399, "19700101T235959Z"),
    (86_400, "19700102T000000Z"),
    (-1, "19691231T235959Z"),
    (-86_400, "19691231T000000Z"),
    (-86_401, "19691230T235959Z"),
    (5_097_600, "19700301T000000Z"),
    (68_169_600, "19720229T000000Z"),
    (951_782_399, "20000228T235959Z"),
    (951_782_400, "20000229T000000Z"),
    (951_868_800, "20000301T000000Z"),
    (1_078_012_800, "20040229T000000Z"),
    (1_369_353_600, "20130524T000000Z"),
    (1_735_689_599, "20241231T235959Z"),
    (1_735_689_600, "20250101T000000Z"),
    (1_795_342_500, "20261122T101500Z"),
    (2_147_483_648, "20380119T031408Z"),
    (4_107_542_399, "21000228T235959Z"),
    (4_107_542_400, "21000301T000000Z"),
    (-2_208_988_800, "19000101T000000Z"),
    (-2_203_891_200, "19000301T000000Z"),
    (253_402_300_799, "99991231T235959Z"),
  ])
  func secondsBecomeADateAndATime(seconds: Int, text: String) {
    #expect(Timestamp(seconds: seconds).basic == text)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_827_696, "2000-02-29T12:34:56Z"),
    (1_795_342_509, "2026-11-22T10:15:09Z"),
  ])
  func theExtendedFormHasSeparators(seconds: Int, text: String) {
    #expect(Timestamp(seconds: seconds).extended == text)
  }

  @Test func everyDayOfFourHundredYearsFollowsTheOneBefore() {
    // A whole cycle of the calendar, counted up by the rule that everybody knows.
    var (year, month, day) = (1970, 1, 1)
    for number in 0..<146_097 {
      let expected = year * 10_000 + month * 100 + day
      let text = Timestamp(seconds: number * 86_400 + 43_200).basic
      guard Int(text.prefix(8)) == expected, text.hasSuffix("T120000Z") else {
        Issue.record("\(text) should be \(expected)")
        return
      }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
  }

  @Test func earlierIsLess() {
    #expect(Timestamp(seconds: -1) < Timestamp(seconds: 0))
    #expect(!(Timestamp(seconds: 5) < Timestamp(seconds: 5)))
  }
}
