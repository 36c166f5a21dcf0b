internal import AWSKit

extension Timestamp {
  /// Reads `20261123T101500Z`.
  init?(basic text: String) {
    guard text.utf8.count == 16 else { return nil }
    self.init(digitsOf: text)
  }

  /// Reads `2026-11-23T10:15:00Z`, also with fractions of a second.
  init?(extended text: String) {
    guard text.utf8.count >= 20 else { return nil }
    self.init(digitsOf: String(text.prefix(19)))
  }

  /// Reads `Mon, 23 Nov 2026 10:15:00 GMT`.
  init?(rfc9110 text: String) {
    let parts = text.split { $0 == " " || $0 == ":" || $0 == "," }.map(String.init)
    guard parts.count == 8, let day = Int(parts[1]), let month = Self.months.firstIndex(of: parts[2]),
      let year = Int(parts[3]), let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Int(parts[6])
    else { return nil }
    self.init(year: year, month: month + 1, day: day, secondOfDay: hour * 3600 + minute * 60 + second)
  }

  /// As HTTP's Date and Last-Modified headers have it.
  var httpDate: String {
    let text = extended
    let weekday = Self.weekdays[((seconds / 86_400) % 7 + 7) % 7]
    let month = Self.months[(Int(text.dropFirst(5).prefix(2)) ?? 1) - 1]
    return "\(weekday), \(text.dropFirst(8).prefix(2)) \(month) \(text.prefix(4)) \(text.dropFirst(11).prefix(8)) GMT"
  }

  /// As S3's XML has it: with milliseconds.
  var s3Date: String { extended.dropLast() + ".000Z" }

  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  private init?(digitsOf text: String) {
    let digits = text.utf8.filter { (0x30...0x39).contains($0) }.map { Int($0) - 0x30 }
    guard digits.count == 14 else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    self.init(
      year: number(0..<4), month: number(4..<6), day: number(6..<8),
      secondOfDay: number(8..<10) * 3600 + number(10..<12) * 60 + number(12..<14))
  }

  /// Days since 1970 by the Gregorian calendar, with years that begin in March, so that the leap day is the last.
  private init?(year: Int, month: Int, day: Int, secondOfDay: Int) {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
      (0..<86_400).contains(secondOfDay)
    else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(seconds: (era * 146_097 + dayOfEra - 719_468) * 86_400 + secondOfDay)
  }
}
