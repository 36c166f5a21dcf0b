internal import AWSKit

/// A line of S3's server access log, as places in its bytes (S3 User Guide: "Amazon S3 server access log format").
///
/// Fields are separated by blanks. The request, the referer and the user agent are in quotation marks, and quotation marks
/// in them are not escaped, so they are found from both ends: the request ends where a status follows, and what comes after
/// the line's last quotation mark is nobody's text. New fields come at the end, and old logs lack the last ones.
struct S3LogLine {
  /// A field without a value.
  static let none: StaticString = "-"
  /// The longest name of a requester, which is kept: an ARN has at most 2,048 characters (IAM API Reference).
  private static let maximumNameLength = 2048

  let bucket: Range<Int>
  let time: Timestamp
  /// A canonical ID, an ARN, `svc:` and a service, or `-` for nobody.
  let requester: Range<Int>
  /// `REST.GET.OBJECT`.
  let operation: Range<Int>
  /// URL-encoded, often twice.
  let key: Range<Int>
  /// The request line, such as `GET /bucket/key?versionId=… HTTP/1.1`.
  let request: Range<Int>
  /// 0 if there is none.
  let status: Int
  let errorCode: Range<Int>
  /// Whether an ACL was needed to allow the request (`aclRequired`); nil if the log does not say.
  let neededACL: Bool?

  /// - Returns: nil if the line is none of such a log.
  init?(_ line: Span<UInt8>) {
    var position = 0
    guard Self.field(line, &position) != nil, let bucket = Self.field(line, &position),
      let time = Self.time(line, &position), Self.field(line, &position) != nil,
      let requester = Self.field(line, &position), Self.field(line, &position) != nil,
      let operation = Self.field(line, &position), let key = Self.field(line, &position),
      let request = Self.request(line, &position), let status = Self.field(line, &position),
      let errorCode = Self.field(line, &position),
      [requester, operation, errorCode].allSatisfy({ $0.count <= Self.maximumNameLength })
    else { return nil }
    self.bucket = bucket
    self.time = time
    self.requester = requester
    self.operation = operation
    self.key = key
    self.request = request
    self.status = line.number(at: status.lowerBound, digits: status.count) ?? 0
    self.errorCode = errorCode
    neededACL = Self.neededACL(line, after: position)
  }

  /// A field that is not empty.
  private static func field(_ line: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
    guard let field = line.field(&position, separator: UInt8(ascii: " ")), !field.isEmpty else { return nil }
    return field
  }

  /// `[06/Feb/2019:00:00:38 +0000]`.
  private static func time(_ line: Span<UInt8>, _ position: inout Int) -> Timestamp? {
    let (start, length) = (position, 28)
    guard start + length < line.count, line[start] == UInt8(ascii: "["), line[start + length - 1] == UInt8(ascii: "]"),
      line[start + length] == UInt8(ascii: " "),
      let day = line.number(at: start + 1, digits: 2), let month = month(line, start + 4),
      let year = line.number(at: start + 8, digits: 4), let hour = line.number(at: start + 13, digits: 2),
      let minute = line.number(at: start + 16, digits: 2), let second = line.number(at: start + 19, digits: 2),
      let zoneHours = line.number(at: start + 23, digits: 2), let zoneMinutes = line.number(at: start + 25, digits: 2),
      let time = Timestamp(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    position = start + length + 1
    let ahead = (zoneHours * 60 + zoneMinutes) * (line[start + 22] == UInt8(ascii: "-") ? -60 : 60)
    return Timestamp(seconds: time.seconds - ahead)
  }

  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func month(_ line: Span<UInt8>, _ start: Int) -> Int? {
    for (index, name) in months.enumerated() where line.matches(start..<start + 3, name) { return index + 1 }
    return nil
  }

  private static let quote = UInt8(ascii: "\"")

  /// The request up to the quotation mark that a status follows.
  private static func request(_ line: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
    guard position < line.count else { return nil }
    guard line[position] == quote else { return field(line, &position) }
    let start = position + 1
    var from = start
    while let end = line.firstIndex(of: quote, from: from) {
      if isStatus(line, end + 1) {
        position = end + 2
        return start..<end
      }
      from = end + 1
    }
    return nil
  }

  /// Whether a blank, a status or `-`, and a blank come next.
  private static func isStatus(_ line: Span<UInt8>, _ start: Int) -> Bool {
    let blank = UInt8(ascii: " ")
    guard start + 3 <= line.count, line[start] == blank else { return false }
    if line[start + 1] == UInt8(ascii: "-") { return line[start + 2] == blank }
    return line.number(at: start + 1, digits: 3) != nil && start + 5 <= line.count && line[start + 4] == blank
  }

  /// The ninth field after the user agent: version, host ID, signature version, cipher, kind of authentication, host, TLS,
  /// access point, `aclRequired`.
  private static func neededACL(_ line: Span<UInt8>, after start: Int) -> Bool? {
    guard let last = line.lastIndex(of: quote), last > start else { return nil }
    var position = last + 2
    for _ in 0..<8 { guard field(line, &position) != nil else { return nil } }
    guard let field = field(line, &position) else { return nil }
    return line.matches(field, "Yes")
  }

  /// Whether somebody wanted to read an object.
  func isRead(_ line: Span<UInt8>) -> Bool {
    line.matches(operation, "REST.GET.OBJECT") || line.matches(operation, "REST.HEAD.OBJECT")
      || line.matches(operation, "WEBSITE.GET.OBJECT") || line.matches(operation, "WEBSITE.HEAD.OBJECT")
  }
}
