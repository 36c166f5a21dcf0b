internal import AWSKit

/// One row of a report. Its texts are views of bytes that live only as long as the call that passes the row on.
struct InventoryRow {
  typealias Text = UnsafeRawBufferPointer

  /// Decoded.
  var key = Text(start: nil, count: 0)
  /// Empty for `null`, and in reports of current versions.
  var versionID = Text(start: nil, count: 0)
  var isLatest = true
  var isDeleteMarker = false
  /// Nil if the report does not tell it.
  var size: Int?
  var modified: InventoryTime?
  /// Without quotation marks; empty if the report does not tell it.
  var etag = Text(start: nil, count: 0)
  /// Whether AWS KMS encrypts it; nil if the report does not tell it.
  var usesKMS: Bool?
  /// Empty if the report does not tell it.
  var owner = Text(start: nil, count: 0)
  /// As it stands in the report; empty if it does not tell it.
  var acl = Text(start: nil, count: 0)
  /// Empty if the report does not tell it.
  var storageClass = Text(start: nil, count: 0)

  /// The longest text of a row, in bytes: an ACL of 100 grants in base64 takes 18 KB.
  static let maximumTextLength = 256 << 10

  /// Whether KMS encrypts an object with this status; nil for an unknown word.
  static func usesKMS(encryptionStatus status: Text) -> Bool? {
    switch String(decoding: status, as: UTF8.self) {
    case "SSE-KMS", "DSSE-KMS": true
    case "SSE-S3", "SSE-C", "NOT-SSE": false
    default: nil
    }
  }
}

/// When an object was modified, to the millisecond.
struct InventoryTime: Sendable, Equatable {
  /// Since 1970-01-01T00:00:00Z.
  let milliseconds: Int
  /// Whether it is written with three digits of a fraction.
  let hasFraction: Bool

  init(milliseconds: Int, hasFraction: Bool) {
    self.milliseconds = milliseconds
    self.hasFraction = hasFraction
  }

  /// Parses `2026-11-23T10:15:00.000Z`, or the same without a fraction. Any other form is nil, so that a plan never shows
  /// a time differently from a listing.
  init?(_ text: UnsafeRawBufferPointer) {
    guard text.count == 24 || text.count == 20 else { return nil }
    func number(_ start: Int, _ count: Int) -> Int {
      var value = 0
      for index in start..<start + count {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit < 10 else { return -1 }
        value = value * 10 + Int(digit)
      }
      return value
    }
    let fraction = text.count == 24 ? number(20, 3) : 0
    guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"),
      text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"), text[text.count - 1] == UInt8(ascii: "Z"),
      text.count == 20 || text[19] == UInt8(ascii: "."), fraction >= 0,
      let time = Timestamp(
        year: number(0, 4), month: number(5, 2), day: number(8, 2), hour: number(11, 2), minute: number(14, 2),
        second: number(17, 2))
    else { return nil }
    milliseconds = time.seconds * 1000 + fraction
    hasFraction = text.count == 24
  }

  var timestamp: Timestamp { Timestamp(seconds: milliseconds / 1000) }

  /// As a listing writes it.
  var text: String {
    var text = timestamp.extended
    if hasFraction {
      let fraction = milliseconds % 1000
      text.removeLast()
      text += fraction < 10 ? ".00\(fraction)Z" : fraction < 100 ? ".0\(fraction)Z" : ".\(fraction)Z"
    }
    return text
  }
}
