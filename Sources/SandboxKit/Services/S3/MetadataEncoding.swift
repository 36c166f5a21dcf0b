internal import Foundation

/// How S3 takes and gives user metadata beyond ASCII (User Guide: "Working with object metadata").
///
/// What comes is decoded by RFC 2047 where it is encoded so; raw bytes are taken one by one for characters, as in
/// ISO 8859-1. What goes is encoded by RFC 2047 where it is not ASCII: S3 leaves what is readable readable where more than
/// half of it is.
enum MetadataEncoding {
  static func decode(_ header: String) -> String {
    guard header.contains("=?") else {
      guard header.utf8.contains(where: { $0 >= 0x80 }) else { return header }
      return String(String.UnicodeScalarView(header.utf8.map { Unicode.Scalar($0) }))
    }
    var result = ""
    var rest = header[...]
    var endsWithWord = false
    while let start = rest.firstRange(of: "=?") {
      let parts = rest[start.upperBound...].split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4, parts[3].hasPrefix("="), let word = decoded(parts[2], encoding: parts[1]) else { break }
      let before = rest[..<start.lowerBound]
      // Blanks between two encoded words are not of the text.
      if !(endsWithWord && before.allSatisfy { $0 == " " }) { result += before }
      result += word
      endsWithWord = true
      rest = parts[3].dropFirst()
    }
    return result + rest
  }

  private static func decoded(_ text: Substring, encoding: Substring) -> String? {
    switch encoding.uppercased() {
    case "B":
      return Data(base64Encoded: String(text)).flatMap { String(bytes: $0, encoding: .utf8) }
    case "Q":
      let escaped = text.replacing("%", with: "=25").replacing("_", with: "=20").replacing("=", with: "%")
      return String(escaped).removingPercentEncoding
    default: return nil
    }
  }

  static func encode(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    let units = text.utf16
    guard units.count(where: isPrintable) * 2 > units.count else {
      return "=?UTF-8?B?" + Data(text.utf8).base64EncodedString() + "?="
    }
    return "=?UTF-8?Q?" + text.utf8.map(quoted).joined() + "?="
  }

  private static func isPrintable(_ unit: UInt16) -> Bool { 0x20..<0x7f ~= unit || 0x09...0x0a ~= unit || unit == 0x0d }

  private static func quoted(_ byte: UInt8) -> String {
    switch byte {
    case 0x20: "_"
    case UInt8(ascii: "="), UInt8(ascii: "_"), UInt8(ascii: "?"), 0..<0x20, 0x7f...:
      "=" + Hexadecimal.encode([byte]).uppercased()
    default: String(UnicodeScalar(byte))
    }
  }
}
