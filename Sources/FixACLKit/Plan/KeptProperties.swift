internal import FoundationEssentials
internal import AWSKit

/// An object's headers and metadata, normalized for comparison.
///
/// S3 does not store headers as sent: it drops transfer codings and empty values, joins repeated headers, encodes and
/// decodes metadata, and adds a content type if there was none. Other servers return what S3 would drop. The normalized
/// form is the same for both.
/// a copy has to keep is what both forms say alike.
struct KeptProperties {
  let headers: [(name: String, value: String)]
  /// Sorted, each name once.
  let metadata: [(name: String, value: String)]

  init(_ head: ObjectHead) {
    headers = head.contentHeaders.compactMap { name, value in
      Self.normalized(name.lowercased(), Self.trimmed(value)).map { (name, $0) }
    }
    var values: [String: [String]] = [:]
    for (name, value) in head.userMetadata {
      let value = Self.trimmed(EncodedWords.decode(Self.trimmed(value)))
      if !value.isEmpty { values[name.lowercased(), default: []].append(value) }
    }
    metadata = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { name, values in
      (name, values.flatMap { $0.split(separator: ",").map { Self.trimmed(String($0)) } }.joined(separator: ","))
    }
  }

  /// The content types that S3 and other servers use if none was given.
  private static let defaultTypes: Set<String> = ["binary/octet-stream", "application/octet-stream"]

  /// Nil if the header is equivalent to none.
  private static func normalized(_ name: String, _ value: String) -> String? {
    switch name {
    case "content-encoding":
      let codings = value.split(separator: ",").map { trimmed(String($0)).lowercased() }
      let stored = codings.filter { !$0.isEmpty && $0 != "aws-chunked" }
      return stored.isEmpty ? nil : stored.joined(separator: ",")
    case "content-type":
      let parts = value.split(separator: ";").map { trimmed(String($0)) }
      let type = parts.joined(separator: ";")
      return type.isEmpty || defaultTypes.contains(type.lowercased()) ? nil : type
    case "expires":
      return value.isEmpty ? nil : HTTPDate.normalized(value) ?? value
    default:
      return value.isEmpty ? nil : value
    }
  }

  /// The value without surrounding blanks, and with runs of blanks joined to one.
  private static func trimmed(_ value: String) -> String {
    value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
  }
}

/// HTTP dates, in the forms that servers write.
private enum HTTPDate {
  private static let weekdays: Set<Substring> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// `2030-01-02 03:04:05`; nil if the text is no such date, or not in GMT.
  static func normalized(_ text: String) -> String? {
    var (day, month, year, time): (Int?, Int?, Int?, String?)
    if let iso = isoParts(text) { return iso }
    for word in text.lowercased().split(whereSeparator: { " ,-".contains($0) }) {
      if let index = months.firstIndex(of: String(word)) {
        month = index + 1
      } else if word.contains(":") {
        time = String(word)
      } else if word.allSatisfy(\.isASCIIDigit), let number = Int(word) {
        if day == nil { day = number } else { year = year ?? number }
      } else if !["gmt", "utc", "z", "+0000"].contains(word), !weekdays.contains(word.prefix(3)) {
        return nil
      }
    }
    guard let day, let month, var year, let time, time.count == 8 else { return nil }
    if year < 100 { year += year < 70 ? 2000 : 1900 }
    return "\(year)-\(padded(month))-\(padded(day)) \(time)"
  }

  /// Parses `2030-01-02T03:04:05Z`, with or without fractions of a second.
  private static func isoParts(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T"), bytes.last == UInt8(ascii: "Z")
    else { return nil }
    return String(decoding: bytes[..<10], as: UTF8.self) + " " + String(decoding: bytes[11..<19], as: UTF8.self)
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

/// Encoded words, which carry non-ASCII text in a header (RFC 2047): `=?UTF-8?B?w6k=?=`.
private enum EncodedWords {
  /// The text with its encoded words decoded; malformed ones stay as they are.
  static func decode(_ text: String) -> String {
    guard text.contains("=?") else { return text }
    var result = ""
    // Blanks between two encoded words are not part of the text.
    var isBehindEncoded = false
    for word in text.split(separator: " ") {
      let decoded = decodeWord(word)
      if !result.isEmpty, !(isBehindEncoded && decoded != nil) { result += " " }
      result += decoded ?? String(word)
      isBehindEncoded = decoded != nil
    }
    return result
  }

  private static func decodeWord(_ word: Substring) -> String? {
    guard word.hasPrefix("=?"), word.hasSuffix("?="), word.utf8.count > 4 else { return nil }
    let parts = word.dropFirst(2).dropLast(2).split(separator: "?", omittingEmptySubsequences: false)
    guard parts.count == 3, ["utf-8", "us-ascii"].contains(parts[0].lowercased()) else { return nil }
    switch parts[1].lowercased() {
    case "b":
      return Data(base64Encoded: String(parts[2])).flatMap { String(validating: $0, as: UTF8.self) }
    case "q":
      return quoted(parts[2].utf8)
    default:
      return nil
    }
  }

  private static func quoted(_ text: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "_"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "="):
        guard let high = rest.popFirst().flatMap(Hex.value), let low = rest.popFirst().flatMap(Hex.value) else {
          return nil
        }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
