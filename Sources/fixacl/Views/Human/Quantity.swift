/// Numbers for people.
enum Quantity {
  /// `12,403`.
  static func count(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return number < 0 ? "-" + result : result
  }

  /// `1 object`, `12,403 objects`.
  static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// `512 B`, `1.4 MiB`: binary units, one decimal.
  static func bytes(_ number: Int) -> String {
    guard number >= 1024 else { return "\(number) B" }
    var value = Double(number)
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  /// `$0.005`, `$1.20`: two decimals at least.
  static func dollars(thousandths: Int) -> String {
    let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
    var digits = String(rest)
    digits = String(repeating: "0", count: 3 - digits.count) + digits
    if digits.hasSuffix("0") { digits.removeLast() }
    return "$\(count(whole)).\(digits)"
  }

  /// `80ms`, `1.4s`, `42s`, `3m20s`, `2h05m`.
  static func duration(seconds: Double) -> String {
    if seconds < 1 { return "\(Int((max(0, seconds) * 1000).rounded()))ms" }
    if seconds < 10 {
      let tenths = Int((seconds * 10).rounded())
      return "\(tenths / 10).\(tenths % 10)s"
    }
    let seconds = Int(seconds.rounded())
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m\(padded(seconds % 60))s"
    default: return "\(seconds / 3600)h\(padded(seconds / 60 % 60))m"
    }
  }
}
