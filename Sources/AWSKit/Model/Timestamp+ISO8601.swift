extension Timestamp {
  /// Parses an ISO 8601 date and time of credentials: `2026-11-26T06:05:00Z`, with a fraction (which is dropped), with
  /// an offset (`+01:00`), or with `UTC`, as older caches of AWS IAM Identity Center have it.
  package init?(iso8601 text: String) {
    var rest = text.utf8[...]
    /// Takes that many digits.
    func number(_ digits: Int) -> Int? {
      let taken = rest.prefix(digits)
      guard taken.count == digits, taken.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      rest = rest.dropFirst(digits)
      return taken.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    func take(_ allowed: Unicode.Scalar...) -> Unicode.Scalar? {
      guard let first = rest.first, let found = allowed.first(where: { UInt8(ascii: $0) == first }) else { return nil }
      rest = rest.dropFirst()
      return found
    }
    guard let year = number(4), take("-") != nil, let month = number(2), take("-") != nil, let day = number(2),
      take("T", "t", " ") != nil, let hour = number(2), take(":") != nil, let minute = number(2), take(":") != nil,
      let second = number(2), year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    if take(".", ",") != nil {
      guard rest.first.map({ (0x30...0x39).contains($0) }) == true else { return nil }
      rest = rest.drop { (0x30...0x39).contains($0) }
    }
    var offset = 0
    if let sign = take("+", "-") {
      guard let hours = number(2) else { return nil }
      _ = take(":")
      guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
      offset = (hours * 60 + minutes) * (sign == "-" ? -60 : 60)
    } else {
      guard ["Z", "z", "UTC"].contains(String(Substring(rest))) else { return nil }
      rest = rest[rest.endIndex...]
    }
    guard rest.isEmpty else { return nil }
    self.init(year: year, month: month, day: day, second: hour * 3600 + minute * 60 + second - offset)
  }
}
