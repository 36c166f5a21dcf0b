import Testing

@testable import AWSKit

@Suite struct ObjectLockStateTests {
  /// Now is 2013-05-24T00:00:00Z.
  @Test(arguments: [
    ("2013-05-24T00:00:00Z", false), ("2013-05-24T00:00:00.999Z", false), ("2013-05-24T00:00:01Z", true),
    ("2013-05-24T00:00:01.000Z", true), ("2013-05-23T23:59:59.999Z", false), ("2013-06-01T00:00:00Z", true),
    ("2012-12-31T23:59:59Z", false), ("2030-01-01T00:00:00Z", true), ("9999-12-31T23:59:59Z", true), ("", false),
  ])
  func isActive(until: String, isActive: Bool) {
    let retention = ObjectLockState.Retention(mode: "GOVERNANCE", until: until)
    #expect(retention.isActive(at: .example) == isActive)
  }

  @Test(
    arguments: [
      (nil, false, []), (nil, true, ["x-amz-object-lock-legal-hold: ON"]),
      (
        "2030-01-01T00:00:00Z", false,
        ["x-amz-object-lock-mode: COMPLIANCE", "x-amz-object-lock-retain-until-date: 2030-01-01T00:00:00Z"]
      ),
    ] as [(String?, Bool, [String])])
  func headers(until: String?, isHeld: Bool, headers: [String]) {
    let lock = ObjectLockState(
      retention: until.map { .init(mode: "COMPLIANCE", until: $0) }, hasLegalHold: isHeld)
    #expect(lock.headers.map { "\($0.name): \($0.value)" } == headers)
  }

  private static let on = "x-amz-object-lock-event-hold: ON"

  @Test(
    arguments: [
      (.init(), [on]), (.init(duration: .days(30)), [on, "x-amz-object-lock-event-hold-duration-days: 30"]),
      (
        .init(mode: "COMPLIANCE", duration: .years(7)),
        ["x-amz-object-lock-mode: COMPLIANCE", on, "x-amz-object-lock-event-hold-duration-years: 7"]
      ),
    ] as [(ObjectLockState.EventHold, [String])])
  func headersOfAnEventHold(hold: ObjectLockState.EventHold, headers: [String]) {
    var lock = ObjectLockState(eventHold: hold)
    #expect(lock.headers.map { "\($0.name): \($0.value)" } == headers)
    // With a retention there is one mode.
    lock.retention = .init(mode: "GOVERNANCE", until: "2030-01-01T00:00:00Z")
    let all = lock.headers.map { "\($0.name): \($0.value)" }
    #expect(all.filter { $0.hasPrefix("x-amz-object-lock-mode") } == ["x-amz-object-lock-mode: GOVERNANCE"])
    #expect(all.contains(Self.on))
  }

  @Test func eventHoldsAreCompared() {
    let hold = ObjectLockState(eventHold: .init(duration: .days(1)))
    #expect(hold.isSame(as: hold))
    for other in [
      nil, ObjectLockState(), ObjectLockState(eventHold: .init(duration: .years(1))),
      ObjectLockState(eventHold: .init(mode: "COMPLIANCE", duration: .days(1))),
    ] {
      #expect(!hold.isSame(as: other))
    }
  }
}
