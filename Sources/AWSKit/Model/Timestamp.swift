internal import Glibc

/// A moment, to the second, in UTC, and the forms in which AWS writes it.
package struct Timestamp: Hashable, Sendable, Comparable {
  /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
  package let seconds: Int

  package init(seconds: Int) {
    self.seconds = seconds
  }

  /// Parses a `Date` header (RFC 9110, IMF-fixdate): `Sun, 06 Nov 1994 08:49:37 GMT`.
  package init?(httpDate text: String) {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
      let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    let clock = words[4].split(separator: ":").map { Int($0) ?? -1 }
    guard clock.count == 3, (1...31).contains(day), (1970...9999).contains(year), (0..<24).contains(clock[0]),
      (0..<60).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    self.init(year: year, month: month + 1, day: day, second: clock[0] * 3600 + clock[1] * 60 + clock[2])
  }

  /// A moment of a day of the Gregorian calendar. Years begin in March, as in `civilDate`.
  ///
  /// - Parameters:
  ///   - month: in 1...12.
  ///   - second: of the day, in UTC; any number.
  init(year: Int, month: Int, day: Int, second: Int) {
    let shifted = month < 3 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    self.init(seconds: days * 86_400 + second)
  }

  /// A moment of a day, in UTC; nil if there is no such day or time.
  package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    guard (1970...9999).contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day), (0..<24).contains(hour), (0..<60).contains(minute),
      (0...60).contains(second)
    else { return nil }
    self.init(year: year, month: month, day: day, second: hour * 3600 + minute * 60 + second)
  }

  package static func now() -> Timestamp {
    // time() may lag behind the clock by a tick of the kernel, up to 10 ms, and so tell the second before.
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(seconds: now.tv_sec)
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds < right.seconds
  }

  /// `20261123T101500Z`, as in `x-amz-date`.
  package var basic: String {
    text(separators: false)
  }

  /// `2026-11-23T10:15:00Z`, as in S3's XML.
  package var extended: String {
    text(separators: true)
  }

  private func text(separators: Bool) -> String {
    let (year, month, day) = civilDate
    let clock = ((seconds % 86_400) + 86_400) % 86_400
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20)
    func append(_ value: Int, digits: Int) {
      var divisor = digits == 4 ? 1000 : 10
      while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
        divisor /= 10
      }
    }
    func separate(_ separator: Unicode.Scalar) {
      if separators { bytes.append(UInt8(ascii: separator)) }
    }
    append(year, digits: 4)
    separate("-")
    append(month, digits: 2)
    separate("-")
    append(day, digits: 2)
    bytes.append(UInt8(ascii: "T"))
    append(clock / 3600, digits: 2)
    separate(":")
    append(clock / 60 % 60, digits: 2)
    separate(":")
    append(clock % 60, digits: 2)
    bytes.append(UInt8(ascii: "Z"))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Year, month and day in the proleptic Gregorian calendar, computed with years that begin in March (so that the leap
  /// day comes last).
  private var civilDate: (Int, Int, Int) {
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
