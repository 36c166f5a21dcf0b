extension Timestamp {
  /// Parses an ISO 8601 date or time: `2026-11-01`, `2026-11-01T12:00Z`, `2026-11-01T12:00:00.000+01:00`.
  ///
  /// Without a time it is the beginning of the day, and without a zone, or with `UTC` for one, it is UTC. Fractions of a second are cut off.
  package init?(iso8601 text: String) {
    self.init(iso8601: Array(text.utf8)[...])
  }

  /// Parses the same from bytes.
  package init?(iso8601 bytes: ArraySlice<UInt8>) {
    var text = ISO8601Text(bytes)
    guard let year = text.number(4), text.skip("-"), let month = text.number(2), text.skip("-"),
      let day = text.number(2), (1970...9999).contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    guard !text.isAtEnd else {
      self.init(year: year, month: month, day: day, second: 0)
      return
    }
    guard text.skip("T") || text.skip("t") || text.skip(" "), let hour = text.number(2), text.skip(":"),
      let minute = text.number(2)
    else { return nil }
    var second = 0
    if text.skip(":") {
      guard let number = text.number(2) else { return nil }
      second = number
      if text.skip("."), !text.skipDigits() { return nil }
    }
    guard (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second),
      let offset = text.zone(), text.isAtEnd
    else { return nil }
    self.init(year: year, month: month, day: day, second: hour * 3600 + minute * 60 + second - offset)
  }

  static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// A text in ISO 8601's extended format, read from its beginning.
private struct ISO8601Text {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// A number of so many digits.
  mutating func number(_ digits: Int) -> Int? {
    guard rest.count >= digits, rest.prefix(digits).allSatisfy(Self.isDigit) else { return nil }
    defer { rest.removeFirst(digits) }
    return rest.prefix(digits).reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
  }

  /// - Returns: whether there was one.
  mutating func skipDigits() -> Bool {
    let digits = rest.prefix(while: Self.isDigit)
    rest.removeFirst(digits.count)
    return !digits.isEmpty
  }

  /// The seconds by which local time is ahead of UTC; nil for no zone that is known.
  mutating func zone() -> Int? {
    // Older caches of IAM Identity Center end in `UTC`.
    if rest.elementsEqual("UTC".utf8) { rest.removeAll() }
    if isAtEnd || skip("Z") || skip("z") { return 0 }
    let sign = skip("+") ? 1 : skip("-") ? -1 : 0
    guard sign != 0, let hours = number(2) else { return nil }
    let minutes = !skip(":") && isAtEnd ? 0 : number(2)
    guard let minutes, hours < 24, minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
